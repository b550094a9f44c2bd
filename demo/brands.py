"""The three invented brands: what they sell and how they look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from demo.goods import BEAUTY, HOME, OUTDOOR, Article
from demo.materials import Colour, Rng


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand's name and key, its goods, the colours of goods, of the studio and of its advertising."""

    key: str
    name: str
    colour: str
    goods: tuple[Callable[[Rng], Article], ...]
    colours: tuple[Colour, ...]
    studio: tuple[Colour, Colour]
    accents: tuple[Colour, ...]
    headlines: tuple[str, ...]
    names: tuple[str, ...]


BRANDS: tuple[Brand, ...] = (
    Brand(
        key="fjordkant",
        name="Fjordkant",
        colour="#2f5d50",
        goods=OUTDOOR,
        colours=((47, 93, 80), (178, 84, 52), (214, 160, 58), (72, 88, 110), (188, 62, 58), (120, 128, 92)),
        studio=((246, 247, 246), (216, 221, 221)),
        accents=((38, 70, 62), (196, 98, 58), (52, 66, 88), (222, 214, 196)),
        headlines=("Made for weather", "Warm hands, long roads", "Take the high path", "The autumn pack", "Out by six"),
        names=("Birk", "Skar", "Lom", "Vidda", "Elv", "Tind", "Ness", "Holt", "Fonn", "Rast"),
    ),
    Brand(
        key="mirabelle",
        name="Mirabelle",
        colour="#b4596a",
        goods=BEAUTY,
        colours=((206, 122, 130), (196, 140, 96), (142, 158, 128), (128, 84, 112), (222, 178, 150), (176, 76, 84)),
        studio=((252, 247, 244), (238, 222, 214)),
        accents=((180, 89, 106), (236, 208, 196), (112, 128, 104), (94, 60, 84)),
        headlines=(
            "Soft as Sunday",
            "A little plum, every day",
            "Skin, simply",
            "New: the rose set",
            "Gifts that glow",
        ),
        names=("Aube", "Prune", "Lune", "Fleur", "Miel", "Rosée", "Soie", "Brume", "Nacre", "Été"),
    ),
    Brand(
        key="ortega",
        name="Ortega & Sons",
        colour="#b98a2f",
        goods=HOME,
        colours=((126, 124, 74), (196, 146, 60), (178, 98, 72), (52, 72, 104), (206, 192, 164), (104, 84, 72)),
        studio=((250, 248, 242), (226, 218, 202)),
        accents=((185, 138, 47), (60, 74, 98), (150, 88, 66), (232, 222, 200)),
        headlines=(
            "Rooms with time in them",
            "Sit down, stay long",
            "Clay, cloth, oak",
            "The quiet corner",
            "Home again",
        ),
        names=("Alba", "Sierra", "Luz", "Nuez", "Campo", "Brisa", "Roca", "Lino", "Sol", "Mesa"),
    ),
)
