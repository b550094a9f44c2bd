// Fails when the JavaScript that the first page sends is over the limit, compressed as gzip.
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 250 * 1024;
const FIRST_PAGE = ["index.html", "src/features/brands/BrandsPage.tsx"];

const folder = path.join(import.meta.dirname, "../../src/sosie/_ui");
const manifest = JSON.parse(readFileSync(path.join(folder, ".vite/manifest.json"), "utf8"));

/** All files that a chunk needs before it can run. */
const needed = (name, seen = new Set()) => {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`The build has no ${name}: adapt FIRST_PAGE in scripts/check-size.mjs.`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const other of chunk.imports ?? []) needed(other, seen);
  return seen;
};

const files = new Set(FIRST_PAGE.flatMap((name) => [...needed(name)]));
const sizes = [...files].map((file) => [file, gzipSync(readFileSync(path.join(folder, file))).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`);
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  JavaScript of the first page (limit ${LIMIT / 1024} KB, gzip)`);
if (total > LIMIT) process.exit(1);
