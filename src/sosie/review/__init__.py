"""Review: decisions that stick, rules, and actions that can be undone."""

from sosie.review.applying import Outcome, Refusal, apply_plan, rehearse, undo_run
from sosie.review.desk import Desk, open_desk, rules_in_force, rules_path
from sosie.review.groups import Member, ReviewGroup
from sosie.review.plan import Plan, load_plan
from sosie.review.rules import Rules, load_rules, parse_rules, to_toml

__all__ = [
    "Desk",
    "Member",
    "Outcome",
    "Plan",
    "Refusal",
    "ReviewGroup",
    "Rules",
    "apply_plan",
    "load_plan",
    "load_rules",
    "open_desk",
    "parse_rules",
    "rehearse",
    "rules_in_force",
    "rules_path",
    "to_toml",
    "undo_run",
]
