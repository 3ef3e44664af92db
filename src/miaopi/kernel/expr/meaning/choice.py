"""The choice between two values where nobody can say which is meant (ADR 0003)."""

from __future__ import annotations

from miaopi.kernel.expr.meaning.evaluation import Evaluation, doubts
from miaopi.kernel.expr.values import Undetermined, is_same, merge


def choose_openly(it: Evaluation, condition: Undetermined, then: object, otherwise: object) -> object:
    """What both values are, if they are one; else that it is open. Raises Fault."""
    then, otherwise = it.settled(then), it.settled(otherwise)
    found = doubts((then, otherwise))
    if found:
        return merge(condition, *found)
    it.compare(then, otherwise)
    return then if is_same(then, otherwise) else condition
