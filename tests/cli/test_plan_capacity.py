"""What many images need is reckoned from a sample on this machine, with its assumptions told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from sosie.cli.capacity import number_of
from sosie.pipeline.capacity import Rates, needs
from tests.pictures import folder_of
from tests.processes import sosie

RATES = Rates(100, read=0.01, verify=0.02, rest=0.001, join=1e-5, look=1e-8, stored=2e4, spots=100, size=5e4)


@pytest.mark.parametrize(
    ("text", "number"), [("250000", 250_000), ("20k", 20_000), ("1.5M", 1_500_000), ("100M", 10**8), ("2,000", 2000)]
)
def test_numbers_are_read_as_people_write_them(text: str, number: int) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "many", "-3", "0", "3x"])
def test_what_is_no_number_of_images_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="no number"):
        number_of(text)


def test_reading_grows_with_the_images_and_the_search_a_little_more() -> None:
    one, ten = needs(RATES, 100_000), needs(RATES, 1_000_000)
    assert one.core_hours["read"] == pytest.approx(1000 / 3600)
    assert ten.core_hours["read"] == pytest.approx(10 * one.core_hours["read"])
    search = "search for candidates"
    assert ten.core_hours[search] == pytest.approx(10**1.2 * one.core_hours[search])
    assert needs(RATES, 20_000).core_hours[search] == pytest.approx(4 * needs(RATES, 10_000).core_hours[search])
    assert ten.storage == pytest.approx(10 * one.storage)
    assert one.total == pytest.approx(sum(one.core_hours.values()))
    assert one.hours(10) == pytest.approx(one.total / 10)


def test_gpus_embed_in_place_of_cores() -> None:
    rates = replace(RATES, embed=0.03, model="clip")
    by_cores, by_gpus = needs(rates, 10_800_000), needs(rates, 10_800_000, gpus=2)
    assert by_cores.core_hours["embed"] == pytest.approx(90)
    assert by_gpus.core_hours["embed"] == 0
    assert by_gpus.gpu_hours == pytest.approx(1)
    assert by_gpus.hours(100) == pytest.approx(by_gpus.total / 100 + 0.5)
    assert any("assumed" in sentence and "GPU" in sentence for sentence in by_gpus.assumptions)


def test_a_sample_gives_a_plan_with_its_assumptions_and_leaves_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 12, longest=60)
    data = tmp_path / "data"
    run = sosie(
        "plan-capacity",
        tmp_path / "shop",
        "--images",
        "2M",
        "--cores",
        "16",
        "--json",
        env={"SOSIE_DATA_DIR": str(data)},
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert (said["images"], said["cores"], said["gpus"]) == (2_000_000, 16, 0)
    assert all(said["core_hours"][step] > 0 for step in ("read", "join of hashes", "verify"))
    assert any("12 images" in sentence for sentence in said["assumptions"])
    assert not data.exists()


def test_too_small_a_sample_is_refused_with_a_next_step(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 2, longest=40)
    run = sosie("plan-capacity", tmp_path / "shop", "--images", "2M", "--method", "hash")
    assert run.returncode == 2
    assert "some hundred" in run.stderr
