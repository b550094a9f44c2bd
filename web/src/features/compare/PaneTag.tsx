import type { Image } from "@/api/groups";
import { nameOf } from "@/components/groups/names";
import { useFormat } from "@/texts";

/** Which picture a pane shows, in its corner. */
export function PaneTag({ letter, image }: { letter: string; image: Image }) {
  const format = useFormat();
  return (
    <span className="bg-raised/90 text-ink-2 shadow-float pointer-events-none absolute bottom-2 left-2 z-10 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-sm px-1.5 py-0.5 text-xs">
      <b className="text-ink font-semibold">{letter}</b>
      <span className="truncate">{nameOf(image)}</span>
      <span className="tabular shrink-0 max-sm:hidden">
        {format.number(image.width)} × {format.number(image.height)}
      </span>
    </span>
  );
}
