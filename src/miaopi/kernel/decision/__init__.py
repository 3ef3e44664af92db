"""How an application is decided: conditions over facts of which some nobody could say, by the precedence of the law."""

from miaopi.kernel.decision.deciding import decide
from miaopi.kernel.decision.definition import (
    Condition,
    DatedValue,
    Definition,
    Derived,
    FactSpec,
    Kind,
    Parameter,
    Privacy,
    ReasonSpec,
)
from miaopi.kernel.decision.outcomes import (
    Approve,
    Basis,
    Change,
    ConditionResult,
    Decision,
    Outcome,
    Reason,
    Redirect,
    Refer,
    Refuse,
    Supplement,
    Wait,
    Waitlist,
)
from miaopi.kernel.decision.reading import read_answers, read_facts, read_overrides, read_value, write_fact
from miaopi.kernel.decision.replay import receipt_of, replay
from miaopi.kernel.decision.sources import next_sources

__all__ = [
    "Approve",
    "Basis",
    "Change",
    "Condition",
    "ConditionResult",
    "DatedValue",
    "Decision",
    "Definition",
    "Derived",
    "FactSpec",
    "Kind",
    "Outcome",
    "Parameter",
    "Privacy",
    "Reason",
    "ReasonSpec",
    "Redirect",
    "Refer",
    "Refuse",
    "Supplement",
    "Wait",
    "Waitlist",
    "decide",
    "next_sources",
    "read_answers",
    "read_facts",
    "read_overrides",
    "read_value",
    "receipt_of",
    "replay",
    "write_fact",
]
