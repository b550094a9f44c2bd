"""Write the drawn catalogue: originals of three brands, and what becomes of pictures in real catalogues.

    python -m demo.catalogue FOLDER [--size 1.0]

One folder a brand. Everything is drawn from a seed: the same call gives the same files.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo.brands import BRANDS, Brand
from demo.pictures import Pixels, banner, post, shot, still_life
from training.edits import apply

_SHOTS, _VARIANTS, _STILLS, _BANNERS, _POSTS = 34, 10, 8, 9, 10
_BORROWED = (
    "format_crop",
    "crop",
    "mirror",
    "grey",
    "jpeg",
    "thumbnail",
    "temperature",
    "perspective",
    "watermark",
    "brightness",
    "screenshot",
    "border",
    "generations",
    "sepia",
    "price_tag",
)
"""Edits of `training.edits` that shops, ad teams and feeds make."""


def sale(picture: Pixels, seed: int) -> Pixels:
    """A round badge with a discount in a corner."""
    image = Image.fromarray(picture)
    side = round(min(image.size) * 0.26)
    left, top = (image.width - side * 1.12, side * 0.12) if seed % 2 else (side * 0.12, side * 0.12)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=round(side * 0.32))
    draw.ellipse((left, top, left + side, top + side), fill=(206, 52, 56))
    draw.text((left + side / 2, top + side / 2), f"-{10 + seed % 5 * 10}%", (255, 255, 255), font, anchor="mm")
    return np.asarray(image, np.uint8)


def caption(picture: Pixels, seed: int) -> Pixels:
    """A bar with a slogan across the lower part."""
    image = Image.fromarray(picture)
    tall = round(image.height * 0.16)
    draw, font = ImageDraw.Draw(image, "RGBA"), ImageFont.load_default(size=round(tall * 0.42))
    draw.rectangle((0, image.height - tall, image.width, image.height), fill=(24, 26, 30, 225))
    words = ("Free returns", "New in store", "Only this week", "Back in stock")[seed % 4]
    draw.text((tall * 0.5, image.height - tall / 2), words, (255, 255, 255), font, anchor="lm")
    return np.asarray(image, np.uint8)


def collage(pictures: list[Pixels], side: int = 900) -> Pixels:
    """Four pictures as a page of a look book."""
    page = Image.new("RGB", (side, side), (250, 249, 246))
    cell, gap = (side - 60) // 2, 20
    for number, pixels in enumerate(pictures[:4]):
        image = Image.fromarray(pixels)
        image.thumbnail((cell, cell))
        left = gap + number % 2 * (cell + gap) + (cell - image.width) // 2
        page.paste(image, (left, gap + number // 2 * (cell + gap) + (cell - image.height) // 2))
    return np.asarray(page, np.uint8)


def originals(brand: Brand, size: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the pictures that a brand made: names below its folder without suffix, and pixels."""
    kinds: tuple[tuple[str, int, Callable[[Brand, int], Pixels]], ...] = (
        ("shots/shot", _SHOTS, shot),
        ("stills/still", _STILLS, still_life),
        ("ads/banner", _BANNERS, banner),
        ("social/post", _POSTS, post),
    )
    for name, count, make in kinds:
        for number in range(max(2, round(count * size))):
            yield f"{name}-{number:02d}", make(brand, number)


def pictures(brand: Brand, size: float) -> Iterator[tuple[str, Pixels]]:
    """Yield originals, other colours of some goods, and one to three edits of most originals."""
    made = list(originals(brand, size))
    yield from made
    for number in range(round(_VARIANTS * size)):
        yield f"shots/shot-{number * 2:02d}-colour-2", shot(brand, number * 2, colour=2)
    for number, (name, pixels) in enumerate(made):
        for step in range(number % 3):
            edit = _edits()[(number * 2 + step * 7) % len(_edits())]
            yield f"{name}-{edit}", _edited(edit, pixels, 1000 * BRANDS.index(brand) + 10 * number + step)
    yield "social/lookbook", collage([pixels for _, pixels in made[1:5]])


def _edits() -> tuple[str, ...]:
    return (*_BORROWED, "sale", "caption")


def _edited(edit: str, pixels: Pixels, seed: int) -> Pixels:
    own = {"sale": sale, "caption": caption}
    return own[edit](pixels, seed) if edit in own else apply(edit, pixels, seed=seed).pixels


def write(folder: Path, size: float = 1.0) -> int:
    """Write the catalogue and return how many files it has."""
    count = 0
    for brand in BRANDS:
        for number, (name, pixels) in enumerate(pictures(brand, size)):
            path = folder / brand.key / f"{name}{('.jpg', '.jpg', '.webp', '.jpg', '.png')[number % 5]}"
            path.parent.mkdir(parents=True, exist_ok=True)
            _save(path, pixels)
            count += 1
    return count + _accidents(folder)


def _accidents(folder: Path) -> int:
    """Add what happens to files: copies under other names, a picture that another brand took, one that is cut off."""
    first, second, third = (folder / brand.key for brand in BRANDS)
    (first / "old").mkdir()
    shots = sorted((first / "shots").iterdir())
    for path in shots[:4]:
        shutil.copy(path, first / "old" / f"copy of {path.name}")
    with Image.open(sorted((first / "stills").iterdir())[0]) as image:
        image.save(second / "social" / "autumn-mood.jpg", quality=70)
        image.crop((60, 40, image.width - 30, image.height - 20)).save(third / "ads" / "mood.webp", quality=80)
    shutil.copy(sorted((second / "shots").iterdir())[0], third / "shots" / "supplier.jpg")
    (third / "shots" / "cut-off.jpg").write_bytes(shots[0].read_bytes()[:3000])
    return 8


def _save(path: Path, pixels: Pixels) -> None:
    image = Image.fromarray(pixels)
    if path.suffix == ".png":
        image.save(path)
    else:
        image.save(path, quality=90)


def main() -> None:
    """Write the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=float, default=1.0, help="share of the pictures to draw")
    args = parser.parse_args()
    print(f"{write(args.folder, args.size)} files in {args.folder}")


if __name__ == "__main__":
    main()
