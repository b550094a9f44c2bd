import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { marks as marksOf, readEvidence } from "@/api/evidence";
import type { Image } from "@/api/groups";
import { type Pair, pairQuery } from "@/api/pairs";
import { classes } from "@/lib/classes";
import { IDENTITY } from "@/lib/homography";
import { useTexts } from "@/texts";

import { Blended } from "./Blended";
import { boxOf, type Layer, layerOf, worldOf } from "./layers";
import { LayerPicture, Marks } from "./LayerPicture";
import { PaneTag } from "./PaneTag";
import { Surface } from "./Surface";
import { Toolbar } from "./Toolbar";
import { STARTING, type Tuning } from "./tuning";
import { type Comparing, useCompare } from "./useCompare";

interface StageProps {
  result: string;
  /** The picture that the others are laid over. */
  first: Image;
  others: readonly Image[];
  className?: string;
}

/** Pictures beside or over each other, aligned by what was found, moved together. */
export function Stage({ result, first, others, className }: StageProps) {
  const comparing = useCompare([first, ...others].map((image) => image.sha256).join(" "));
  const [tuning, setTuning] = useState<Tuning>(STARTING);
  const strangers = others.filter((image) => image.sha256 !== first.sha256);
  const pairs = useQueries({ queries: strangers.map((image) => pairQuery(result, first.sha256, image.sha256)) });
  const found = new Map(strangers.map((image, index) => [image.sha256, pairs[index]?.data]));
  const layers = others.map((image) => layerOf(first, image, found.get(image.sha256)));
  const waiting = pairs.some((pair) => pair.isPending);
  const second = layers[0];
  return (
    <section className={classes("flex min-h-0 flex-col gap-3", className)} aria-label={useTexts().compare.title}>
      <Toolbar comparing={comparing} />
      {comparing.mode === "side" || !second ? (
        <SideBySide first={first} layers={layers} found={found} comparing={comparing} />
      ) : (
        <Blended
          result={result}
          first={first}
          layer={second}
          waiting={waiting}
          marks={comparing.marks ? marksFor(first, second.image, found.get(second.image.sha256)) : NO_MARKS}
          comparing={comparing}
          tuning={tuning}
          onTuning={setTuning}
        />
      )}
    </section>
  );
}

export interface PairMarks {
  readonly first: ReturnType<typeof marksOf>;
  readonly other: ReturnType<typeof marksOf>;
}

const NO_MARKS: PairMarks = { first: [], other: [] };

/** The rectangles of a pair's evidence, by the picture that they lie in. */
function marksFor(first: Image, other: Image, pair: Pair | undefined): PairMarks {
  if (!pair?.edge) return NO_MARKS;
  const { edge, a, b } = pair;
  const inner = edge.inner == null ? null : edge.inner === edge.a ? "a" : "b";
  const all = marksOf(readEvidence(edge.evidence), inner);
  const swapped = edge.a !== a.id && edge.b === a.id && a.id !== b.id;
  const sideOf = (sha256: string) => ((a.sha256 === sha256) !== swapped ? "a" : "b");
  return {
    first: all.filter(({ side }) => side === sideOf(first.sha256)),
    other: all.filter(({ side }) => side === sideOf(other.sha256)),
  };
}

interface SideProps {
  first: Image;
  layers: readonly Layer[];
  found: ReadonlyMap<string, Pair | undefined>;
  comparing: Comparing;
}

function SideBySide({ first, layers, found, comparing }: SideProps) {
  const texts = useTexts().compare;
  const world = worldOf(first, layers.filter(({ aligned }) => aligned));
  const base: Layer = { image: first, matrix: IDENTITY, aligned: true };
  const shown = layers[0] ? marksFor(first, layers[0].image, found.get(layers[0].image.sha256)).first : [];
  return (
    <div className={classes("grid min-h-0 flex-1 gap-2 max-sm:gap-1", layers.length > 0 && "grid-cols-2", layers.length > 1 && "grid-rows-2")}>
      {[base, ...layers].map((layer, index) => {
        const together = comparing.align && layer.aligned;
        const letter = index === 0 ? texts.first : texts.second(index - 1);
        const marks = index === 0 ? shown : marksFor(first, layer.image, found.get(layer.image.sha256)).other;
        const lies = together ? layer : { ...layer, matrix: IDENTITY };
        return (
          <Surface
            key={layer.image.uri}
            label={texts.stage(letter)}
            world={together ? world : boxOf(layer.image)}
            view={comparing.view}
            onView={comparing.onView}
            className="border-line min-h-40 rounded-md border"
          >
            {(place) => (
              <>
                <LayerPicture layer={lies} place={place} />
                {comparing.marks && <Marks marks={marks} layer={lies} place={place} label={(kind) => texts.mark[kind]} />}
                <PaneTag letter={letter} image={layer.image} />
              </>
            )}
          </Surface>
        );
      })}
    </div>
  );
}
