"""The journal: what it says is on the disk, and what a crash cut off is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sosie.errors import CatalogueError
from sosie.store.journal import Journal, Runs

HEAD = {"plan_key": "k", "plan": {}, "person": "ann", "at": 1.0}


def begun(tmp_path: Path) -> tuple[Runs, Journal]:
    runs = Runs(tmp_path / "runs")
    journal = runs.begin("one", HEAD)
    journal.note(0, "begin", 1.0, moves=[["a", "b"]])
    journal.note(0, "done", 2.0)
    journal.note(1, "begin", 3.0, moves=[["c", "d"]])
    journal.close()
    return runs, journal


def test_what_was_noted_is_read_again(tmp_path: Path) -> None:
    runs, _ = begun(tmp_path)
    journal = runs.open("one")
    assert {number: item.step for number, item in journal.items.items()} == {0: "done", 1: "begin"}
    assert journal.items[0].begun["moves"] == [["a", "b"]]
    assert journal.plan_key == "k"
    assert runs.of_plan("k") is not None
    assert runs.of_plan("other") is None


def test_a_line_cut_off_anywhere_is_dropped_and_written_over(tmp_path: Path) -> None:
    runs, journal = begun(tmp_path)
    whole = journal.path.read_bytes()
    last = whole.rstrip(b"\n").rindex(b"\n") + 1
    for cut in range(last, len(whole)):
        journal.path.write_bytes(whole[:cut])
        again = runs.open("one")
        assert set(again.items) == {0}
        again.note(2, "begin", 4.0, moves=[])
        again.close()
        assert set(runs.open("one").items) == {0, 2}


def test_damage_before_good_lines_is_named_and_not_passed_over(tmp_path: Path) -> None:
    runs, journal = begun(tmp_path)
    data = bytearray(journal.path.read_bytes())
    data[len(data) // 2] ^= 1
    journal.path.write_bytes(bytes(data))
    with pytest.raises(CatalogueError, match=r"Line \d of the journal .* is damaged.*backup"):
        runs.open("one")


def test_an_unknown_run_is_a_key_error(tmp_path: Path) -> None:
    runs, _ = begun(tmp_path)
    assert runs.names() == ["one"]
    with pytest.raises(KeyError):
        runs.open("two")


def test_a_damaged_journal_hides_no_other_and_stops_only_the_plan_that_it_may_be_of(tmp_path: Path) -> None:
    runs, _ = begun(tmp_path)
    name = runs.free_name("abcdef", 1_700_000_000.0)
    runs.path_of(name).write_text("garbage\n")
    assert [(run, type(found)) for run, found in runs.newest_first()] == [("one", Journal), (name, CatalogueError)]
    assert runs.of_plan("k") is not None
    assert runs.of_plan("other") is None
    with pytest.raises(CatalogueError, match=name):
        runs.of_plan("abcdef")
    assert runs.free_name("abcdef", 1_700_000_000.0) == f"{name}-2"
