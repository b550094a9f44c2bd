"""What programs may import, and what that costs them."""

from __future__ import annotations

from pathlib import Path

import pytest

import sosie
from tests.pictures import folder_of
from tests.processes import python

NAMES = [
    "__version__",
    "decode",
    "dhash",
    "Edge",
    "Evidence",
    "explain",
    "find_duplicates",
    "Group",
    "ImageRecord",
    "load_settings",
    "pdq",
    "Report",
    "Settings",
    "Skipped",
    "SosieError",
]

HEAVY = ("numpy", "cv2", "PIL", "sqlalchemy", "typer", "rich", "simplejpeg")


def loaded_by(code: str, *arguments: object) -> list[str]:
    check = f"{code}\nimport sys; print([name for name in {HEAVY} if name in sys.modules])"
    found: list[str] = eval(python(check, *map(str, arguments)).splitlines()[-1])
    return found


def test_the_public_names_are_exactly_these() -> None:
    assert sorted(sosie.__all__) == sorted(NAMES)


def test_every_public_name_is_there_and_described() -> None:
    for name in sosie.__all__:
        value = getattr(sosie, name)
        assert value is not None
        if callable(value) and not name.startswith("__"):
            assert value.__doc__, name
    assert set(sosie.__all__) <= set(dir(sosie))
    with pytest.raises(AttributeError):
        _ = sosie.no_such_name


def test_importing_the_package_loads_no_heavy_library() -> None:
    assert loaded_by("import sosie") == []


def test_the_command_line_loads_only_what_it_shows() -> None:
    assert not {"numpy", "cv2", "PIL", "sqlalchemy"} & set(loaded_by("import sosie.cli.app"))


def test_a_scan_in_which_nothing_changed_loads_no_heavy_library(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("shop")
    folder_of(folder, 2)
    scan = "import sys, sosie; sosie.find_duplicates(sys.argv[1])"
    assert "numpy" in loaded_by(scan, folder)
    assert loaded_by(scan, folder) == []


def test_types_are_shipped() -> None:
    assert (Path(str(sosie.__file__)).parent / "py.typed").exists()
