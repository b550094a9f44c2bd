"""Images that are no files here: lists and calls, with a way back."""

from __future__ import annotations

import csv
import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sosie.config import Settings
from sosie.pipeline.rereading import Rereader
from sosie.report import ImageRecord, Report
from sosie.review import Desk, Plan, Rules, apply_plan, rehearse, undo_run
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from sosie.types import Edge, Evidence, Group
from tests.pictures import encoded, picture


class Shop:
    """A server with four images, two of each content, and a door for messages. What it serves can be changed."""

    def __init__(self) -> None:
        self.images = {f"/{n}.jpg": encoded(picture(1, longest=64), quality=90 - n % 2) for n in range(4)}
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.status = 204
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data = shop.images.get(self.path)
                self.answer(404 if data is None else 200, data or b"")

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                shop.calls.append((str(self.headers["Idempotency-Key"]), body))
                self.answer(shop.status, b"")

            def answer(self, status: int, data: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def reread(tmp_path: Path) -> Iterator[Rereader]:
    settings = Settings(data_dir=tmp_path / "data", allowed_networks=("127.0.0.0/8",))
    with Catalogue(tmp_path / "data/catalogue.db") as catalogue, Rereader(catalogue, settings) as made:
        yield made


def planned(tmp_path: Path, shop: Shop, method: Method, target: str) -> tuple[Plan, Runs]:
    images = tuple(
        ImageRecord(n, f"{shop.url}{path}", "shop", hashlib.sha256(data).hexdigest(), 100 - n, 100, len(data), "JPEG")
        for n, (path, data) in enumerate(shop.images.items())
    )
    edges = (
        Edge(0, 1, "copy", 1.0, Evidence()),
        Edge(0, 2, "identical", 1.0, Evidence(equal="bytes")),
        Edge(1, 3, "identical", 1.0, Evidence(equal="bytes")),
    )
    groups = (Group(0, "copy", (0, 1, 2, 3), 0, "most real pixels"),)
    with Catalogue(tmp_path / "data/catalogue.db") as catalogue:
        desk = Desk(catalogue, Report(images, edges, groups, ()))
        return desk.plan(Rules(), method=method, target=target), desk.runs


def named(rows: Iterable[Mapping[str, str]]) -> list[str]:
    return sorted(row["uri"][-5:] for row in rows)


def listed(target: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(target.read_text().splitlines()))


def test_a_list_names_what_is_to_go_and_undo_takes_it_off(tmp_path: Path, shop: Shop, reread: Rereader) -> None:
    target = tmp_path / "out/remove.csv"
    plan, runs = planned(tmp_path, shop, "list", str(target))
    outcome = apply_plan(plan, runs, reread=reread)
    assert named(listed(target)) == ["1.jpg", "2.jpg", "3.jpg"]
    assert {row["keeper"][-5:] for row in listed(target)} == {"0.jpg"}
    undo_run(outcome.run, runs, only=["*/2.jpg"])
    assert named(listed(target)) == ["1.jpg", "3.jpg"]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_of_the_list_that_a_crash_cut_off_is_written_again(
    tmp_path: Path, shop: Shop, reread: Rereader, cut: int
) -> None:
    target = tmp_path / "remove.csv"
    plan, runs = planned(tmp_path, shop, "list", str(target))
    apply_plan(plan, runs, reread=reread)
    target.write_bytes(target.read_bytes()[:-cut])
    for journal in runs.folder.glob("*.jsonl"):
        journal.unlink()
    apply_plan(plan, runs, reread=reread)
    assert named(listed(target)) == ["1.jpg", "2.jpg", "3.jpg"]


def test_a_webhook_is_called_once_a_step_with_a_key_that_repeats(tmp_path: Path, shop: Shop, reread: Rereader) -> None:
    plan, runs = planned(tmp_path, shop, "webhook", f"{shop.url}/hook")
    shop.status = 503
    outcome = apply_plan(plan, runs, reread=reread)
    assert not outcome.done
    assert "answered 503" in outcome.refused[0].reason
    first = {key for key, _ in shop.calls}
    shop.status = 204
    assert len(apply_plan(plan, runs, reread=reread).done) == 3
    assert {key for key, _ in shop.calls} == first, "the receiver can tell a repeated call"
    shop.calls.clear()
    undo_run(outcome.run, runs)
    assert {body["action"] for _, body in shop.calls} == {"restore"}


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "changed"])
def test_nothing_is_to_go_whose_keeper_is_gone_or_changed_at_its_address(
    tmp_path: Path, shop: Shop, reread: Rereader, gone: bool
) -> None:
    plan, runs = planned(tmp_path, shop, "webhook", f"{shop.url}/hook")
    (keeper,) = {drop.keeper for drop in plan.drops}
    kept = shop.images.pop(keeper.removeprefix(shop.url))
    if not gone:
        shop.images[keeper.removeprefix(shop.url)] = encoded(picture(2, longest=64))
    assert len(rehearse(plan, reread=reread).refused) == 3
    outcome = apply_plan(plan, runs, reread=reread)
    assert not outcome.done
    assert not shop.calls
    assert all(("answered 404" if gone else "was changed since") in refusal.reason for refusal in outcome.refused)
    assert all("plan" in refusal.next_step for refusal in outcome.refused)
    shop.images[keeper.removeprefix(shop.url)] = kept
    assert len(apply_plan(plan, runs, reread=reread).done) == 3


def test_images_elsewhere_that_nobody_can_read_again_are_left(tmp_path: Path, shop: Shop) -> None:
    plan, runs = planned(tmp_path, shop, "webhook", f"{shop.url}/hook")
    assert not apply_plan(plan, runs).done
    assert not shop.calls


def test_a_keeper_in_a_network_that_is_not_allowed_is_not_asked_for(tmp_path: Path, shop: Shop) -> None:
    plan, runs = planned(tmp_path, shop, "webhook", f"{shop.url}/hook")
    with (
        Catalogue(tmp_path / "data/catalogue.db") as catalogue,
        Rereader(catalogue, Settings(data_dir=tmp_path / "data")) as reread,
    ):
        assert len(apply_plan(plan, runs, reread=reread).refused) == 3
    assert not shop.calls


def test_a_receiver_that_is_away_is_named(tmp_path: Path, shop: Shop, reread: Rereader) -> None:
    plan, runs = planned(tmp_path, shop, "webhook", "http://127.0.0.1:9/")
    outcome = apply_plan(plan, runs, reread=reread)
    assert "did not answer" in outcome.refused[0].reason
    assert "Check the address" in outcome.refused[0].next_step


def test_remote_images_are_left_by_plans_for_files(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue:
        images = tuple(
            ImageRecord(n, f"https://shop.example/{n}.jpg", "shop", f"{n:064x}", 9, 9, 9, "JPEG") for n in range(2)
        )
        edges = (Edge(0, 1, "copy", 1.0, Evidence()),)
        desk = Desk(catalogue, Report(images, edges, (Group(0, "copy", (0, 1), 0, "x"),), ()))
        plan = desk.plan(Rules())
    assert not plan.drops
    assert "--method list" in plan.left[0].reason
