"""What is not read yet

FEEL has more than this page. What is missing is known by name, so that nobody takes it for a slip of the pen: it comes
with step 3, the full language.
"""

from __future__ import annotations

from miaopi.kernel.expr.functions import NOT_YET
from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine
LATER = "is not read yet; it comes with step 3"


def test_constructs(rules: Rules) -> None:
    """Constructs"""
    rules.refuses("{a: 1}", f"character 1: a context {{…}} {LATER}")
    rules.refuses("2 ** 3", f"character 3: the power operator ** {LATER}")
    rules.refuses("1 instance of number", f"character 3: instance of {LATER}")
    rules.refuses("function(a) a", f"character 1: a function of one's own {LATER}")
    rules.refuses("(date)(1)", f"character 7: a call of something other than a function's name {LATER}")
    rules.refuses("date(year: 2026)", f"character 10: an argument given by name {LATER}")
    rules.refuses("[1..3]", f"character 3: a range outside of in {LATER}")
    rules.refuses("(1..3)", f"character 3: a range outside of in {LATER}")
    rules.refuses("]1..3[", f"character 1: a range outside of in {LATER}")
    rules.refuses("? > 3", f"character 1: the question mark {LATER}")
    rules.refuses("[[1]]", f"character 2: a list within a list {LATER}")
    rules.refuses("for n in [1] return [n]", f"character 21: a list within a list {LATER}")
    rules.refuses(
        "duration(text)",
        f"character 1: a duration from anything but one written text {LATER}",
        {"text": "P1Y"},
    )


def test_functions(rules: Rules) -> None:
    """Functions

    FEEL's other functions are known by name, all of them.
    """
    for name in NOT_YET:
        Rules(rules.engine).refuses(f"{name}(1)", f"character 1: the function {name} {LATER}")
    rules.refuses('matches("a", "b")', f"character 1: the function matches {LATER}")
    rules.refuses('string join(["a"], ", ")', f"character 1: the function string join {LATER}")
    rules.refuses("max(1, 2)", f"character 1: max of values that are no list {LATER}")


def test_smaller_things(rules: Rules) -> None:
    """Smaller things"""
    beyond = f"character 1: such a day, moment or time of day {LATER}"
    rules.refuses('@"P1D" * 2', f"character 1: a duration multiplied or divided {LATER}")
    rules.refuses("1e3", f"character 1: a number with an exponent {LATER}")
    rules.refuses("for n in [1] return count(partial)", f"character 27: partial in a for {LATER}")
    rules.refuses('@"2026-11-23T09:30:00Z".time offset', f"character 25: the zone of a moment {LATER}")
    rules.refuses('@"2026-11-23T09:30:00Z".timezone', f"character 25: the zone of a moment {LATER}")
    rules.refuses('@"2026-11-23T09:30:00@Asia/Shanghai"', beyond)
    rules.refuses('@"2026-11-23T09:30:00+08:05:43"', beyond)
    rules.refuses('@"-0044-03-15"', beyond)
    rules.refuses('date("99999-01-01")', beyond)
    rules.refuses('@"09:30:00"', beyond)
