import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Map as MapIcon, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { useBrandName } from "@/api/brands";
import { type MapColumns, mapQuery, summaryQuery } from "@/api/results";
import { EmptyState, ErrorScreen, IconButton, RELATION_COLOURS, Select, Skeleton, Switch } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { classes } from "@/lib/classes";
import type { Box } from "@/lib/homography";
import { paths } from "@/lib/paths";
import { plane } from "@/lib/spatial";
import { FITTED, keyed, type View } from "@/lib/viewport";
import { useFormat, useTexts } from "@/texts";

import { at, groupOf, type Scene } from "./drawing";
import { InSightList } from "./InSightList";
import { LIMITS, MapCanvas, WORLD } from "./MapCanvas";
import { useColours } from "./useColours";

const ALL = "*";

/** All images of a result in a plane, near ones being alike; the same as a list beside it. */
export function MapPage() {
  const { result = "latest" } = useParams();
  const texts = useTexts();
  const [search, setSearch] = useSearchParams();
  const brand = search.get("brand") ?? "";
  const { data: summary } = useQuery(summaryQuery(result));
  const { data: columns, error, refetch } = useQuery(mapQuery(result, brand ? [brand] : []));
  const [grouped, setGrouped] = useState(false);
  useEffect(() => {
    document.title = `${texts.map.title} · ${texts.app.name}`;
  }, [texts]);
  const nameOf = useBrandName();
  const brands = [{ value: ALL, label: texts.map.allBrands }, ...(summary?.brands ?? []).map(({ brand: key }) => ({ value: key, label: nameOf(key) }))];
  if (error) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  return (
    <div className="flex flex-col lg:h-dvh">
      <header className="border-line flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2.5 sm:px-6 lg:px-8">
        <Link to={paths.results(result)} className="text-ink-2 hover:text-ink -ml-1 flex items-center gap-1 rounded-sm px-1 py-1 text-sm">
          <ArrowLeft className="size-4" aria-hidden />
          <span className="max-sm:sr-only">{texts.results.title}</span>
        </Link>
        <div className="min-w-0 flex-1">
          <h1 className="text-lg font-semibold" tabIndex={-1}>
            {texts.map.title}
          </h1>
          <p className="text-ink-2 text-sm max-md:hidden">{texts.map.intro}</p>
        </div>
        <span className="flex items-center gap-2 text-sm">
          <Switch label={texts.map.only} checked={grouped} onChange={setGrouped} />
          {texts.map.only}
        </span>
        <Select label={texts.map.brand} value={brand || ALL} options={brands} onChange={(next) => setSearch(next === ALL ? {} : { brand: next }, { replace: true })} />
      </header>
      {!columns ? (
        <Skeleton className="m-4 min-h-96 flex-1 rounded-lg" />
      ) : columns.id.length === 0 ? (
        <EmptyState icon={MapIcon} title={texts.map.empty.title}>
          {texts.map.empty.text}
        </EmptyState>
      ) : (
        <Plane key={brand} result={result} columns={columns} grouped={grouped} />
      )}
    </div>
  );
}

function Plane({ result, columns, grouped }: { result: string; columns: MapColumns; grouped: boolean }) {
  const texts = useTexts();
  const navigate = useNavigate();
  const { colours, accent } = useColours();
  const tree = useMemo(() => plane(columns.x, columns.y), [columns]);
  const scene = useMemo<Scene>(() => ({ columns, tree, colours, accent, grouped }), [columns, tree, colours, accent, grouped]);
  const [view, setView] = useState<View>(FITTED);
  const [chosen, setChosen] = useState<number | null>(null);
  const [sight, setSight] = useState<Box>(WORLD);
  const open = (index: number) => {
    const key = columns.groups[groupOf(scene, index)];
    if (key !== undefined) void navigate(paths.group(result, key));
  };
  const near = (index: number) => setView((now) => ({ zoom: Math.max(now.zoom, 8), ...at(scene, index) }));
  return (
    <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
      <div className="relative min-h-[60dvh] min-w-0 flex-1">
        <MapCanvas label={texts.map.canvas} scene={scene} view={view} onView={setView} chosen={chosen} onHover={setChosen} onOpen={open} onSeen={setSight} />
        <Legend columns={columns} />
        <Zoom view={view} onView={setView} />
      </div>
      <InSightList result={result} scene={scene} sight={sight} chosen={chosen} onChoose={setChosen} onNear={near} />
    </div>
  );
}

function Zoom({ view, onView }: { view: View; onView: (change: (view: View) => View) => void }) {
  const texts = useTexts().map;
  const press = (key: string) => onView((now) => keyed(now, key, WORLD, { width: 1000, height: 1000 }, LIMITS) ?? now);
  const [nearer, farther, fit] = [() => press("+"), () => press("-"), () => press("0")];
  useActions([
    { id: "map.nearer", label: texts.zoomIn, section: texts.section, keys: ["+", "="], icon: ZoomIn, run: nearer },
    { id: "map.farther", label: texts.zoomOut, section: texts.section, keys: ["-"], icon: ZoomOut, run: farther },
    { id: "map.fit", label: texts.fit, section: texts.section, keys: ["0"], icon: Maximize, run: fit },
  ]);
  return (
    <div className="bg-raised/95 shadow-float absolute top-3 right-3 flex flex-col rounded-md p-0.5">
      <IconButton icon={ZoomIn} size="sm" label={texts.zoomIn} keys={["+"]} onClick={nearer} />
      <IconButton icon={ZoomOut} size="sm" label={texts.zoomOut} keys={["-"]} onClick={farther} disabled={view.zoom <= 1} />
      <IconButton icon={Maximize} size="sm" label={texts.fit} keys={["0"]} onClick={fit} disabled={view.zoom <= 1} />
    </div>
  );
}

/** What the colours mean. */
function Legend({ columns }: { columns: MapColumns }) {
  const texts = useTexts();
  const format = useFormat();
  const shown = (Object.keys(RELATION_COLOURS) as (keyof typeof RELATION_COLOURS)[]).filter((relation) => columns.relation.includes(relation));
  return (
    <div className="bg-raised/95 shadow-float pointer-events-none absolute bottom-3 left-3 max-w-[calc(100%-1.5rem)] rounded-md px-3 py-2 text-xs">
      <p className="text-ink-2 tabular">{texts.map.count(columns.id.length, columns.groups.length)}</p>
      <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-1" aria-label={texts.map.legend}>
        {shown.map((relation) => (
          <li key={relation} className="flex items-center gap-1.5">
            <span className={classes("size-2 rounded-full", RELATION_COLOURS[relation])} aria-hidden />
            {texts.app.relation[relation]} {format.number(columns.relation.filter((other) => other === relation).length)}
          </li>
        ))}
        <li className="flex items-center gap-1.5">
          <span className="bg-line-strong size-2 rounded-full" aria-hidden />
          {texts.map.ungrouped}
        </li>
      </ul>
    </div>
  );
}
