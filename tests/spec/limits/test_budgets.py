"""Budgets

Counted, never timed: the same rule over the same facts always ends in the same way.
"""

from __future__ import annotations

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import compile
from tests.spec.manual import Rules, nobody_knows, on_every_engine

pytestmark = on_every_engine


def test_depth(rules: Rules) -> None:
    """At most 100 levels inside one another"""
    rules.refuses("(" * 30_000 + "1" + ")" * 30_000, "character 101: more than 100 levels inside one another")
    rules.refuses("-" * 60_000 + "1", "character 101: more than 100 levels inside one another")
    rules.refuses("1" + " + 1" * 10_000, "character 1: the expression is more than 100 levels deep")
    rules.refuses(
        "for " + ", ".join(f"n{i} in [1]" for i in range(1_000)) + " return 1",
        "character 1167: more than 100 levels inside one another",
    )
    rules.gives("(" * 60 + "1" + ")" * 60, 1)
    rules.gives("true" + " and true" * 3_000, True)


def test_length(rules: Rules) -> None:
    """An expression has at most 65 536 characters, a string that it makes too"""
    rules.refuses("(" * 100_000, "an expression has at most 65536 characters")
    rules.gives(
        "string length(text + text)",
        nobody_knows(fault="the text has more than 65536 characters"),
        {"text": "a" * 32_769},
    )


def test_names(rules: Rules) -> None:
    """A name has at most 256 characters"""
    rules.refuses("a" * 257, "character 1: a name has at most 256 characters")


def test_steps(rules: Rules) -> None:
    """At most 100 000 steps

    Each value looked at is a step, and so is what is compared, sought, sorted or written, part by part; what is shared within a
    list or a context counts as often as it stands there. What takes more is an author's mistake, and is reported as one.
    """
    rules.gives("count(for n in 1..10000 return n)", 10_000)
    with pytest.raises(DefinitionError, match="more than 65536 elements"):
        rules.engine(compile("count(for n in 1..1000000000 return n)", {}), {})
    with pytest.raises(DefinitionError, match="more than 100000 steps"):
        rules.engine(compile("some a in 1..1000000, b in 1..1000000, c in 1..1000000 satisfies a < 0", {}), {})
    shared = ", ".join(f"a{n}: [a{n - 1}, a{n - 1}]" for n in range(1, 30))
    with pytest.raises(DefinitionError, match="more than 100000 steps"):
        rules.engine(compile(f"{{a0: [1], {shared}, n: count(a29)}}.n", {}), {})
