"""Keep rules: those in force, new ones, and what a change would change."""

from __future__ import annotations

from fastapi import APIRouter

from sosie.errors import UsageError
from sosie.review import parse_rules
from sosie.review.planning import changes
from sosie.server.schemas.rules import RulesDraft, RulesEffect, RulesText, RulesView
from sosie.server.security.roles import admin, viewer
from sosie.server.state import Shared
from sosie.server.views.desk import desk_of, rules_file, rules_of, rules_written
from sosie.server.views.rule_forms import drafted, view_of
from sosie.server.views.showing import printable

router = APIRouter(prefix="/api", tags=["decisions"])
_ROWS = 500


@router.get("/rules", dependencies=[viewer])
def get_rules(state: Shared) -> RulesView:
    """Return the keep rules in force, as TOML and as a form."""
    return view_of(rules_written(state.settings))


@router.post("/rules/draft", dependencies=[viewer])
def draft_rules(body: RulesDraft) -> RulesView:
    """Turn rules from a form into TOML, or from TOML into a form. Nothing is put in force."""
    return drafted(body)


@router.put("/rules", dependencies=[admin])
def put_rules(state: Shared, body: RulesText) -> RulesView:
    """Put rules in force, after checking them."""
    made = view_of(body.text)
    path = rules_file(state.settings)
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(body.text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise UsageError(
            f"The rules cannot be written ({error.strerror}).", next_step="Check the data folder's permissions."
        ) from error
    return made


@router.post("/results/{result}/rules/test", dependencies=[viewer])
def test_rules(state: Shared, result: str, body: RulesText) -> RulesEffect:
    """Show what these rules would change in the plan of a result, against those in force. Nothing is touched."""
    candidate = parse_rules(body.text)
    desk = desk_of(state.results.get(result), state.catalogue, state.brands)
    found = changes(desk.plan(rules_of(state.settings)), desk.plan(candidate))
    rows = [
        {"change": kind, **{name: printable(value) for name, value in row.items()}}
        for kind, listed in found.items()
        for row in listed
    ]
    return RulesEffect(changed=len(rows), rows=rows[:_ROWS])
