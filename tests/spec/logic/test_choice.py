"""if … then … else"""

from __future__ import annotations

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_if(rules: Rules) -> None:
    """A choice

    The first value if the condition is true, else – false or null – the second.
    """
    rules.gives('if age >= 80 then "b" else "a"', "b", {"age": 80})
    rules.gives('if age >= 80 then "b" else "a"', "a", {"age": absent("number")})
    rules.gives("if a then 1 else if b then 2 else 3", 2, {"a": False, "b": True})
    rules.refuses("if 1 then 2 else 3", "character 4: ‘1’ is a number; a boolean is needed here")
    rules.refuses("if true then 2", "character 15: else is expected here, not the end")


def test_an_unknown_condition_matters_only_where_the_values_differ(rules: Rules) -> None:
    """An unknown condition

    The choice is unknown, unless both values are the same: then it does not matter which it is.
    """
    rules.gives("if a then 1 else 2", nobody_knows("a"), {"a": unknown("boolean")})
    rules.gives("if a then 1 else 1.0", 1, {"a": unknown("boolean")})
    rules.gives('if a then 1 else "1"', nobody_knows("a"), {"a": unknown("boolean")})
    rules.gives(
        "if a then b else 1", nobody_knows("a", "b"), {"a": unknown("boolean"), "b": unknown("number")}
    )
