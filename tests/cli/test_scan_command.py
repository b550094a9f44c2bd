"""`sosie scan` as a user runs it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sosie import __version__
from sosie.report import Report
from tests.pictures import folder_of, groups, picture, write
from tests.processes import interrupt, lines, sosie, start


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Three pictures, one of them twice, and a file that is no image."""
    folder = tmp_path / "shop"
    folder_of(folder, 3)
    write(folder / "again.png", picture(1, longest=120))
    write(folder / "same.bmp", picture(1, longest=120))
    (folder / "broken.jpg").write_bytes((folder / "000.jpg").read_bytes()[:300])
    return folder


def test_without_options_a_table_is_on_stdout_and_the_exit_code_is_0(shop: Path) -> None:
    run = sosie("scan", shop, "--method", "hash")
    assert run.returncode == 0
    assert run.stderr == ""
    for words in ("copy", "again.png", "same.bmp", "to gain", "1 skipped", "broken.jpg", "5 images", "1 group"):
        assert words in " ".join(run.stdout.split()), "a long name of the folder breaks lines"


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal_and_keeps_names_whole(shop: Path, width: int) -> None:
    long = "a-rather-long-name-of-a-product-shot.png"
    write(shop / long, picture(1, longest=120))
    run = sosie("scan", shop, "--method", "hash", env={"COLUMNS": str(width)})
    assert max(map(len, run.stdout.splitlines()[:-1])) <= width
    assert long in run.stdout.replace("\n", "")


def test_json_is_the_report_on_stdout_and_nothing_else(shop: Path) -> None:
    run = sosie("scan", shop, "--method", "hash", "--json")
    assert (run.returncode, run.stderr, len(lines(run.stdout))) == (0, "", 1)
    report = Report.from_json(run.stdout)
    assert groups(report) == [("copy", frozenset({"001.jpg", "again.png", "same.bmp"}))]


def test_quiet_says_nothing_and_still_writes_the_report(shop: Path, tmp_path: Path) -> None:
    run = sosie("scan", shop, "--method", "hash", "--quiet", "--report", tmp_path / "r.json")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert len(Report.from_json((tmp_path / "r.json").read_text()).images) == 5
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("r.json")] == ["r.json"]


def test_check_exits_with_1_when_there_are_duplicates_only(shop: Path) -> None:
    assert sosie("scan", shop / "000.jpg", shop / "001.jpg", "--method", "hash", "--check").returncode == 0
    assert sosie("scan", shop, "--method", "hash", "--check").returncode == 1


def test_strict_exits_with_3_when_an_image_is_unreadable_but_not_for_hidden_folders(shop: Path) -> None:
    assert sosie("scan", shop, "--method", "hash", "--strict").returncode == 3
    (shop / "broken.jpg").unlink()
    (shop / ".git").mkdir()
    assert sosie("scan", shop, "--method", "hash", "--strict").returncode == 0


def test_a_path_that_is_not_there_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    run = sosie("scan", tmp_path / "nowhere")
    assert (run.returncode, run.stdout) == (2, "")
    assert len(lines(run.stderr)) == 1
    assert "There is no file or folder at" in run.stderr


@pytest.mark.parametrize("arguments", [("scan",), ("scan", ".", "--method", "magic"), ("find",)])
def test_wrong_use_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    run = sosie(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert "Usage: sosie" in run.stderr


@pytest.mark.parametrize("server", [(), ("--server", "http://127.0.0.1:9")])
def test_an_empty_path_is_not_the_working_directory(server: tuple[str, ...], shop: Path) -> None:
    brand = ("--brand", "nike") if server else ()
    run = sosie(*server, "scan", "", *brand, cwd=shop)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("sosie: A path is empty.")


def test_a_setting_that_cannot_be_is_exit_code_2(tmp_path: Path) -> None:
    run = sosie("scan", tmp_path, env={"SOSIE_WORKERS": "many"})
    assert (run.returncode, len(lines(run.stderr))) == (2, 1)
    assert "workers" in run.stderr


def test_folders_without_images_are_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = sosie("scan", tmp_path / "empty")
    assert run.returncode == 0
    assert "0 images" in run.stdout
    (tmp_path / "empty" / "notes.txt").write_text("no picture")
    run = sosie("scan", tmp_path / "empty", "--check")
    assert run.returncode == 0
    assert "notes.txt" in run.stdout


@pytest.mark.parametrize(("target", "words"), [("missing/r.json", "no folder"), (".", "is a folder")])
def test_a_report_that_cannot_be_written_is_refused_before_the_work(
    shop: Path, tmp_path: Path, own_data_dir: Path, target: str, words: str
) -> None:
    run = sosie("scan", shop, "--report", tmp_path / target)
    assert (run.returncode, len(lines(run.stderr))) == (2, 1)
    assert words in run.stderr
    assert list(own_data_dir.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="devices and links as POSIX has them")
def test_a_report_goes_through_links_and_into_pipes_without_replacing_them(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real.json")
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE)
    for name in ("link", "pipe"):
        assert sosie("scan", shop, "--method", "hash", "--quiet", "--report", tmp_path / name).returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    piped = json.loads(reader.communicate(timeout=20)[0])
    assert piped["images"] == json.loads((tmp_path / "real.json").read_text())["images"]


@pytest.mark.skipif(os.name == "nt", reason="pipes as POSIX has them")
def test_a_reader_that_leaves_ends_the_program_quietly(shop: Path) -> None:
    process = start("scan", shop, "--method", "hash", "--json")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 141
    process.stderr.close()


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_ctrl_c_is_one_line_and_exit_code_130_and_loses_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path / "many", 20, longest=200)
    for number in range(14):
        (tmp_path / "many" / f"copies{number}").mkdir()
        for path in sorted((tmp_path / "many").glob("*.jpg")):
            (tmp_path / "many" / f"copies{number}" / path.name).write_bytes(path.read_bytes() + bytes([number]))
    catalogue = tmp_path / "c.db"
    process = start("scan", tmp_path / "many", "--catalog", catalogue, "--workers", "1")
    deadline = time.monotonic() + 30
    while not catalogue.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.4)
    interrupt(process, signal.SIGINT)
    out, error = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert len(lines(error)) == 1
    assert "stopped" in error
    run = sosie("scan", tmp_path / "many", "--catalog", catalogue, "--method", "hash", "--json")
    assert len(Report.from_json(run.stdout).images) == 20 * 15


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_is_not_utf8_gets_a_table_all_the_same(shop: Path, encoding: str) -> None:
    write(shop / "été ☂.png", picture(1, longest=120))
    run = sosie("scan", shop, "--method", "hash", env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert run.returncode == 0, run.stderr
    assert "001.jpg" in run.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes, as Linux has them")
def test_odd_names_are_shown_escaped_and_survive_the_report(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    for name in (b"caf\xe9.png", b"[red]\x1b[31m\n.png", "ol\u00e9.png".encode()):
        write(folder / os.fsdecode(name), picture(2, longest=120), "PNG")
    run = sosie("scan", folder, "--method", "hash", "--report", tmp_path / "r.json")
    assert run.returncode == 0, run.stderr
    assert "caf\\xe9.png" in run.stdout
    assert "[red]\\x1b[31m\\n.png" in run.stdout.replace("\n", "")
    assert "olé.png" in run.stdout
    report = Report.from_json((tmp_path / "r.json").read_bytes())
    assert sorted(os.fsencode(image.uri) for image in report.images) == sorted(
        os.path.join(os.fsencode(folder), name) for name in os.listdir(os.fsencode(folder))
    )


def test_help_of_every_command_has_an_example() -> None:
    listed = sosie("--help").stdout
    names = [line.split()[0] for line in listed[listed.index("Commands:") :].splitlines()[1:] if line.startswith("  ")]
    names = [name for name in names if name.isalpha()]
    assert "scan" in names
    for name in names:
        run = sosie(name, "--help")
        assert run.returncode == 0
        assert f"sosie {name} " in run.stdout[run.stdout.index("xample") :], name


def test_the_version_is_shown() -> None:
    run = sosie("--version")
    assert (run.returncode, run.stdout) == (0, f"sosie {__version__}\n")


def test_the_package_runs_as_a_module() -> None:
    run = subprocess.run([sys.executable, "-m", "sosie", "--version"], capture_output=True, text=True, check=True)
    assert run.stdout == f"sosie {__version__}\n"


def test_all_shows_every_group_and_every_skipped_file(tmp_path: Path) -> None:
    for number in range(27):
        pixels = picture(number, longest=64)
        write(tmp_path / f"{number}.png", pixels)
        write(tmp_path / f"{number}.bmp", pixels)
        (tmp_path / f"{number}.txt").write_text("text")
    short = sosie("scan", tmp_path, "--method", "hash").stdout
    assert "2 more groups" in short
    assert "and 26 more" in short
    every = sosie("scan", tmp_path, "--method", "hash", "--all").stdout
    assert "more groups" not in every
    for number in range(27):
        for suffix in ("png", "bmp", "txt"):
            assert f"{number}.{suffix}" in every


def test_stats_tell_what_stages_and_steps_took_on_stderr_alone(shop: Path, tmp_path: Path) -> None:
    plain = sosie("scan", shop, "--method", "hash", "--json", "--catalog", tmp_path / "plain.db")
    run = sosie("scan", shop, "--method", "hash", "--json", "--shards", "2", "--stats")
    told = [line.split() for line in lines(run.stderr)]
    assert ["read", "2", "0", "6"] in [words[:4] for words in told]
    heads = ["stage", "read", "compare", "group", "similar", "all", "step", "read", "near"]
    assert [words[0] for words in told if words] == heads
    one, other = ({**json.loads(text.stdout), "timings": {}} for text in (plain, run))
    assert one == other
    again = sosie("scan", shop, "--method", "hash", "--quiet", "--stats")
    assert "Nothing had changed" in again.stderr
