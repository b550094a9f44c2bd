import { Picture } from "@/components/ui";
import { classes } from "@/lib/classes";

/** Pictures that were read last, the newest first; the row keeps its height. */
export function Thumbnails({ contents, small = false }: { contents: readonly string[]; small?: boolean }) {
  return (
    <div aria-hidden className={classes("flex gap-1.5 overflow-hidden", small ? "h-11" : "h-22 sm:h-26")}>
      {contents.toReversed().map((sha256) => (
        <Picture key={sha256} sha256={sha256} alt="" side={160} className="animate-fade aspect-square h-full shrink-0 rounded-sm" />
      ))}
    </div>
  );
}
