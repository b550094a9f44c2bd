"""Keep rules between their file and a form."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sosie.errors import UsageError
from sosie.review import Rules, parse_rules, to_toml
from sosie.review.rules import VERSION, Condition, OnlyWhen, Rule, rules_of
from sosie.server.schemas.rules import ConditionForm, OnlyWhenForm, RuleForm, RulesDraft, RulesForm, RulesView


def view_of(text: str) -> RulesView:
    """Give rules as TOML and as a form. Raises `UsageError` that names what is wrong in the text."""
    return RulesView(text=text, rules=form_of(parse_rules(text)))


def drafted(draft: RulesDraft) -> RulesView:
    """Give what somebody is writing in both forms. Raises as `view_of` does, also for what a form cannot hold."""
    if draft.rules is not None:
        value = {"version": VERSION, **_without_empty(draft.rules.model_dump())}
        return view_of(to_toml(rules_of(value, "the form")))
    if draft.text is None:
        raise UsageError("There are no rules in it.", next_step="Give either `text` or `rules`.")
    return view_of(draft.text)


def form_of(rules: Rules) -> RulesForm:
    """Give rules as a form."""
    return RulesForm(
        automatic=list(rules.automatic),
        order=list(rules.order),
        formats=list(rules.formats),
        protect=[_rule(rule) for rule in rules.protect],
        only_when=[_only_when(rule) for rule in rules.only_when],
        prefer=[_rule(rule) for rule in rules.prefer],
    )


def _rule(rule: Rule) -> RuleForm:
    return RuleForm(name=rule.name, **_parts(rule.where))


def _only_when(rule: OnlyWhen) -> OnlyWhenForm:
    return OnlyWhenForm(name=rule.name, **_parts(rule.where), kept=ConditionForm(**_parts(rule.kept)))


def _parts(condition: Condition) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(condition).items()}


def _without_empty(value: Any) -> Any:
    """Leave out what a form left empty: nothing is asked by it. Lists of the whole rules stay, also empty ones."""
    if isinstance(value, list):
        return [_without_empty(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    kept = {"automatic", "order", "formats"}
    return {name: _without_empty(part) for name, part in value.items() if name in kept or part not in (None, "", [])}
