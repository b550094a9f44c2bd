"""Write a small catalogue of drawn pictures, with copies, edits and colour variants as real catalogues have them.

    python -m training.demo FOLDER [--products 8]

Three invented brands, one folder each. Everything is drawn from a seed: the same call gives the same files.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from training.canvas import Pixels
from training.draw import draw
from training.edits import apply

BRANDS = ("Fjordkant", "Mirabelle", "Ortega & Sons")
_EDITS = ("crop", "mirror", "rotate", "border", "slogans", "grey", "jpeg", "thumbnail", "price_tag", "perspective")
_KINDS = ("product", "product", "post", "product", "scene")


def pictures(products: int) -> Iterator[tuple[str, Pixels]]:
    """Yield names below the folder, without suffix, and pixels: uint8 (h, w, 3) RGB."""
    for number, brand in enumerate(BRANDS):
        for item in range(products):
            seed = 1000 * number + item
            kind = _KINDS[item % len(_KINDS)]
            original = draw(kind, seed, longest=640)
            name = f"{brand}/{kind}-{item:02d}"
            yield name, original
            for step in range(item % 3):
                edit = _EDITS[(3 * number + 2 * item + step) % len(_EDITS)]
                yield f"{brand}/{kind}-{item:02d}-{edit}", apply(edit, original, seed=seed).pixels
            if kind == "product" and item % 4 == 0:
                yield f"{brand}/{kind}-{item:02d}-other-colour", draw(kind, seed, look=1, longest=640)


def write(folder: Path, products: int) -> int:
    """Write the catalogue and return how many files it has."""
    count = 0
    for name, pixels in pictures(products):
        path = folder / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, quality=88)
        count += 1
    first = next(iter(sorted((folder / BRANDS[0]).glob("*.jpg"))))
    shutil.copy(first, folder / BRANDS[2] / "borrowed.jpg")
    with Image.open(first) as image:
        image.save(folder / BRANDS[0] / "as-png.png")
    (folder / BRANDS[1] / "cut-off.jpg").write_bytes(first.read_bytes()[:4000])
    return count + 3


def main() -> None:
    """Write the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--products", type=int, default=8, help="pictures of each brand that are no edits")
    args = parser.parse_args()
    print(f"{write(args.folder, args.products)} files in {args.folder}")


if __name__ == "__main__":
    main()
