"""What is not read yet

FEEL has more than this page. What is missing is known by name, so that nobody takes it for a slip of the pen: it comes
with step 3, the full language.
"""

from __future__ import annotations

from datetime import date

from miaopi.kernel.expr.functions import NOT_YET
from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine
LATER = "is not read yet; it comes with step 3"


def test_constructs(rules: Rules) -> None:
    """Constructs"""
    rules.refuses("[1, 2][1]", f"character 7: a filter […] {LATER}")
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
    """Functions"""
    for name in sorted(NOT_YET):
        rules.refuses(f"{name}(1)", f"character 1: the function {name} {LATER}")


def test_operators_on_durations(rules: Rules) -> None:
    """Durations multiplied and divided"""
    rules.refuses(
        '@"P1D" * 2', "character 1: days and time duration * number means nothing", {"day": date(2026, 1, 1)}
    )
