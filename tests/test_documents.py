"""Documents fail when they are stale."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from docs.generate import DOCUMENTS
from sosie import errors

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_what_the_program_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "run `make docs`"


def test_every_link_between_documents_leads_somewhere() -> None:
    import re

    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("benchmarks/*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_every_error_stands_in_the_tree_at_the_top_of_its_module() -> None:
    found = vars(errors).items()
    names = [name for name, value in found if inspect.isclass(value) and issubclass(value, errors.SosieError)]
    assert all(name in (errors.__doc__ or "") for name in names)


def test_the_readme_names_every_exit_code() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"| {code} |" in text for code in (0, 1, 2, 3, 4, 130))
