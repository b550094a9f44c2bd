"""Settings: where they come from, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from sosie.config import Settings, load_settings
from sosie.errors import UsageError


def test_arguments_beat_the_environment_which_beats_the_file_which_beats_defaults(tmp_path: Path) -> None:
    file = tmp_path / "sosie.toml"
    file.write_text('method = "hash"\nworkers = 3\nmax_megapixels = 50\n')
    environment = {"SOSIE_WORKERS": "4", "SOSIE_MAX_MEGAPIXELS": "60"}
    settings = load_settings({"max_megapixels": 70, "catalog": None}, environment, file)
    assert (settings.method, settings.workers, settings.max_megapixels) == ("hash", 4, 70)
    assert settings.max_megabytes == Settings().max_megabytes


def test_the_file_of_the_working_directory_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}).workers == 0
    Path("sosie.toml").write_text("workers = 5")
    assert load_settings(environment={}).workers == 5


def test_the_catalogue_lies_where_the_settings_say(tmp_path: Path) -> None:
    assert load_settings({"catalog": tmp_path / "c.db"}, {}).catalogue_path == tmp_path / "c.db"
    assert load_settings({}, {"SOSIE_DATA_DIR": str(tmp_path)}).catalogue_path == tmp_path / "catalogue.db"
    assert load_settings({}, {"SOSIE_CATALOG": "~/c.db"}).catalogue_path == Path.home() / "c.db"
    assert load_settings({}, {}).catalogue_path.name == "catalogue.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", "many"),
        ("workers", -1),
        ("max_megapixels", 0),
        ("max_megapixels", "nan"),
        ("max_megapixels", "inf"),
        ("max_megabytes", None),
        ("method", "magic"),
        ("method", ["hash"]),
        ("data_dir", 5),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: object, tmp_path: Path) -> None:
    if value is None:
        value = "a lot"
    with pytest.raises(UsageError, match=name):
        load_settings({name: value}, {})


@pytest.mark.parametrize("text", ["colour = 1", "workers = ", "\xff\xfe"])
def test_a_settings_file_that_cannot_be_is_refused_by_its_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"my\.toml"):
        load_settings({}, {}, tmp_path / "my.toml")


def test_a_settings_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings({}, {}, tmp_path / "none.toml")


def test_what_steps_need_is_the_same_in_a_table_a_list_and_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "sosie.toml"
    file.write_text("[steps.read]\ncpus = 2\nbatch = 64\n[steps.embed]\ngpus = 0.5\n")
    table = load_settings({}, {}, file)
    text = load_settings({}, {"SOSIE_STEPS": "embed.gpus=0.5, read.batch=64,read.cpus=2"})
    assert table.steps == text.steps == ("embed.gpus=0.5", "read.batch=64", "read.cpus=2")
    assert table.needs_of("read") == {"batch": 64, "cpus": 2}
    assert table.needs_of("verify") == {}


@pytest.mark.parametrize(
    "steps", ["walk.cpus=1", "read.wheels=4", "read.cpus=0", "read.batch=x", "read", "embed.gpus=-1", 7, {"read": 2}]
)
def test_needs_that_cannot_be_are_refused(steps: object) -> None:
    with pytest.raises(UsageError, match="steps"):
        load_settings({"steps": steps}, {})


def test_a_run_may_lie_in_a_bucket_and_its_locks_stay_on_this_machine(tmp_path: Path) -> None:
    settings = load_settings({"run_dir": "s3://bucket/runs/", "data_dir": tmp_path}, {})
    assert (settings.run_dir, settings.run_path) == ("s3://bucket/runs", tmp_path / "runs")
    assert load_settings({"run_dir": str(tmp_path / "x")}, {}).run_path == tmp_path / "x"
