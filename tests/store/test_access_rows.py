"""Tokens, sessions, who did what, tries and what was added: the same in a file and in PostgreSQL."""

from __future__ import annotations

from sosie.store.access import AccessStore, Deed, TokenRow
from sosie.store.added import added_since, note_added
from sosie.store.tries import Tries
from tests.store.conftest import Opener


def deed(number: int) -> Deed:
    return Deed(100.0 + number, "anna", "admin", "127.0.0.1", "POST", "/api/x", {"key": f"{number}"}, 201, f"r{number}")


def test_tokens_are_kept_found_used_and_removed_for_all(opened: Opener) -> None:
    with opened() as one, opened() as other:
        here, there = AccessStore(one), AccessStore(other)
        assert not there.holds_tokens()
        row = TokenRow("id", "anna", "reviewer", b"d" * 32, 100.0)
        here.add_token(row)
        assert there.token("id") == there.token_called("anna") == row
        there.note_use("id", 200.0)
        assert [(found.id, found.last_used) for found in here.tokens()] == [("id", 200.0)]
        assert there.remove_token("id")
        assert not here.remove_token("id")
        assert here.token("id") is None


def test_a_session_that_ended_early_has_ended_everywhere_until_it_would_have_anyway(opened: Opener) -> None:
    with opened() as one, opened() as other:
        here, there = AccessStore(one), AccessStore(other)
        here.end_session("short", until=150.0, now=100.0)
        here.end_session("short", until=150.0, now=100.0)
        assert there.ended_sessions() == {"short"}
        there.end_session("long", until=900.0, now=200.0)
        assert here.ended_sessions() == {"long"}
        assert here.shared_secret("key", "a") == there.shared_secret("key", "b") == "a"


def test_deeds_are_listed_newest_first_in_pages(opened: Opener) -> None:
    with opened() as catalogue:
        store = AccessStore(catalogue)
        for number in range(5):
            store.note(deed(number))
        first = store.deeds(before=None, limit=3)
        assert [row.request for row in first] == ["r4", "r3", "r2"]
        assert [row.request for row in store.deeds(before=first[-1].id, limit=3)] == ["r1", "r0"]
        assert first[0].target == {"key": "4"}


def test_settings_that_were_changed_hold_for_all_until_they_are_forgotten(opened: Opener) -> None:
    with opened() as one, opened() as other:
        AccessStore(one).change_settings({"method": "hash", "jobs": 3}, person="anna", now=1.0)
        AccessStore(other).change_settings({"method": "auto", "jobs": None}, person="bob", now=2.0)
        assert AccessStore(one).settings() == {"method": "auto"}


def test_tries_and_added_contents_count_for_all(opened: Opener) -> None:
    with opened() as one, opened() as other:
        assert [Tries(one).begin("c", 100.0) for _ in range(5)] == [0.0] * 5
        assert Tries(other).begin("c", 100.0) == 10.0
        Tries(other).succeed("c")
        assert Tries(one).begin("c", 100.0) == 0.0
        note_added(one, b"a" * 32)
        ((number, key),) = added_since(other, 0)
        assert key == b"a" * 32
        note_added(other, b"b" * 32)
        assert [key for _, key in added_since(one, number)] == [b"b" * 32]
