import { useEffect, useState } from "react";

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

/** Whether files hover over the window; `onDrop` gets them when they are let go anywhere on it. */
export function useFileDrop(onDrop: (data: DataTransfer) => void): boolean {
  const [hovering, setHovering] = useState(false);
  useEffect(() => {
    // Entering a child comes before leaving its parent: counting tells whether the pointer is still inside.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setHovering(true);
    };
    const over = (event: DragEvent) => carriesFiles(event) && event.preventDefault();
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setHovering(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setHovering(false);
      if (!event.dataTransfer || !carriesFiles(event)) return;
      event.preventDefault();
      onDrop(event.dataTransfer);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [onDrop]);
  return hovering;
}
