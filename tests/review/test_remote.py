"""Images that are no files here: lists and calls, with a way back."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sosie.report import ImageRecord, Report
from sosie.review import Desk, Plan, Rules, apply_plan, undo_run
from sosie.review.plan import Method
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from sosie.types import Group


def planned(tmp_path: Path, method: Method, target: str) -> tuple[Plan, Runs]:
    images = tuple(
        ImageRecord(n, f"https://shop.example/{n}.jpg", "shop", f"{n % 2:064x}", 100 - n, 100, 1000, "JPEG")
        for n in range(4)
    )
    groups = (Group(0, "copy", (0, 1, 2, 3), 0, "most real pixels"),)
    with Catalogue(tmp_path / "data/catalogue.db") as catalogue:
        desk = Desk(catalogue, Report(images, (), groups, ()))
        return desk.plan(Rules(), method=method, target=target), desk.runs


class Receiver(BaseHTTPRequestHandler):
    calls: list[tuple[str, dict[str, str]]]
    status: int

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).calls.append((str(self.headers["Idempotency-Key"]), body))
        self.send_response(type(self).status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Receiver.calls, Receiver.status = [], 204
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_list_names_what_is_to_go_and_undo_takes_it_off(tmp_path: Path) -> None:
    target = tmp_path / "out/remove.csv"
    plan, runs = planned(tmp_path, "list", str(target))
    outcome = apply_plan(plan, runs)
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert [row["uri"] for row in rows] == [f"https://shop.example/{n}.jpg" for n in (1, 2, 3)]
    assert rows[0]["keeper"] == "https://shop.example/0.jpg"
    undo_run(outcome.run, runs, only=["*/2.jpg"])
    assert [row["uri"][-5:] for row in csv.DictReader(target.read_text().splitlines())] == ["1.jpg", "3.jpg"]


def test_a_webhook_is_called_once_a_step_with_a_key_that_repeats(tmp_path: Path, address: str) -> None:
    plan, runs = planned(tmp_path, "webhook", address)
    Receiver.status = 503
    outcome = apply_plan(plan, runs)
    assert not outcome.done
    assert "answered 503" in outcome.refused[0].reason
    first = {key for key, _ in Receiver.calls}
    Receiver.status = 204
    assert len(apply_plan(plan, runs).done) == 3
    assert {key for key, _ in Receiver.calls} == first, "the receiver can tell a repeated call"
    Receiver.calls.clear()
    undo_run(outcome.run, runs)
    assert {body["action"] for _, body in Receiver.calls} == {"restore"}


def test_a_receiver_that_is_away_is_named(tmp_path: Path) -> None:
    plan, runs = planned(tmp_path, "webhook", "http://127.0.0.1:9/")
    outcome = apply_plan(plan, runs)
    assert "did not answer" in outcome.refused[0].reason
    assert "Check the address" in outcome.refused[0].next_step


def test_remote_images_are_left_by_plans_for_files(tmp_path: Path) -> None:
    with Catalogue(tmp_path / "c.db") as catalogue:
        images = tuple(
            ImageRecord(n, f"https://shop.example/{n}.jpg", "shop", f"{n:064x}", 9, 9, 9, "JPEG") for n in range(2)
        )
        desk = Desk(catalogue, Report(images, (), (Group(0, "copy", (0, 1), 0, "x"),), ()))
        plan = desk.plan(Rules())
    assert not plan.drops
    assert "--method list" in plan.left[0].reason
