import { useVirtualizer } from "@tanstack/react-virtual";
import { Crosshair } from "lucide-react";
import { useMemo, useRef } from "react";
import { Link } from "react-router";

import { IconButton, Picture, RelationBadge } from "@/components/ui";
import { classes } from "@/lib/classes";
import type { Box } from "@/lib/homography";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

import { groupOf, groupsInSight, type Scene } from "./drawing";

interface InSightListProps {
  result: string;
  scene: Scene;
  sight: Box;
  chosen: number | null;
  onChoose: (index: number | null) => void;
  /** Moves the map to an image. */
  onNear: (index: number) => void;
}

const ROW = 64;

/** The groups that the map shows, for those who would rather read, or use no pointer. */
export function InSightList({ result, scene, sight, chosen, onChoose, onNear }: InSightListProps) {
  const texts = useTexts();
  const format = useFormat();
  const groups = useMemo(() => groupsInSight(scene, sight), [scene, sight]);
  const ref = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: groups.length, getScrollElement: () => ref.current, estimateSize: () => ROW, overscan: 6 });
  const under = chosen === null ? -1 : groupOf(scene, chosen);
  return (
    <aside aria-label={texts.map.list} className="border-line flex shrink-0 flex-col lg:w-80 lg:border-l">
      <h2 className="text-ink-2 px-4 py-3 text-sm">
        <span className="text-ink font-medium">{texts.map.list}</span> · <span className="tabular">{format.number(groups.length)}</span>
      </h2>
      {groups.length === 0 && <p className="text-ink-2 px-4 text-sm">{texts.map.noneInSight}</p>}
      <div ref={ref} tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4 max-lg:h-96 max-lg:flex-none">
        <ul className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const found = groups[row.index];
            const first = found?.images[0];
            const relation = found && scene.columns.relation[found.group];
            const key = found && scene.columns.groups[found.group];
            if (!found || first === undefined || !relation || key === undefined) return null;
            return (
              <li key={key} className="absolute inset-x-0 flex items-center gap-1" style={{ top: row.start, height: ROW }}>
                <Link
                  to={paths.group(result, key)}
                  onMouseEnter={() => onChoose(first)}
                  onFocus={() => onChoose(first)}
                  onMouseLeave={() => onChoose(null)}
                  className={classes("hover:bg-hover flex min-w-0 flex-1 items-center gap-2.5 rounded-md p-1.5 -outline-offset-2", under === found.group && "bg-hover")}
                >
                  {found.images.slice(0, 2).map((index) => (
                    <Picture key={index} sha256={scene.columns.sha256[index] ?? ""} alt="" side={160} className="size-12 shrink-0 rounded-sm" />
                  ))}
                  <span className="min-w-0 text-sm">
                    <RelationBadge relation={relation} label={texts.app.relation[relation]} />
                    <span className="text-ink-2 mt-0.5 block truncate text-xs">{texts.app.general.images(found.images.length)}</span>
                  </span>
                </Link>
                <IconButton icon={Crosshair} size="sm" label={`${texts.map.zoomIn}: ${texts.map.showGroup(texts.app.relation[relation], found.images.length)}`} onClick={() => onNear(first)} />
              </li>
            );
          })}
        </ul>
      </div>
    </aside>
  );
}
