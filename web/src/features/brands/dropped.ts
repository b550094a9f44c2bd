import type { UploadPart } from "@/api/upload";

const MOST_FILES = 50_000;
const HIDDEN = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/;

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

const readSome = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));

/** Everything in a folder: browsers hand out at most a hundred entries at a time. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const found: FileSystemEntry[] = [];
  for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) found.push(...some);
  return found;
}

async function walk(entry: FileSystemEntry, found: UploadPart[]): Promise<void> {
  const name = entry.fullPath.replace(/^\//, "");
  if (HIDDEN.test(name) || found.length >= MOST_FILES) return;
  if (entry.isFile) found.push({ file: await fileOf(entry as FileSystemFileEntry), name });
  else for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) await walk(inner, found);
}

/** The files of what was dropped, folders' files with their folders' names. */
export async function filesOfDrop(data: DataTransfer): Promise<UploadPart[]> {
  // The entries must be taken before the first await: afterwards the browser has emptied the list.
  const taken = [...data.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: UploadPart[] = [];
  for (const { entry, file } of taken) {
    if (entry) await walk(entry, found);
    else if (file) found.push({ file, name: file.name });
  }
  return found;
}

/** The files of an `<input type=file>`. */
export function filesOfInput(files: FileList): UploadPart[] {
  return [...files]
    .map((file) => ({ file, name: file.webkitRelativePath || file.name }))
    .filter(({ name }) => !HIDDEN.test(name));
}

/** A name for the brand: that of the folder that holds them all, or of the only file. */
export function nameOfDrop(parts: readonly UploadPart[]): string {
  const folders = new Set(parts.map(({ name }) => (name.includes("/") ? (name.split("/")[0] ?? "") : "")));
  const [only = ""] = folders;
  if (folders.size === 1 && only) return only;
  const [first] = parts;
  return parts.length === 1 && first ? first.name.replace(/\.[^.]+$/, "") : "";
}
