"""Names

A name is a fact, a derived value or a parameter of the service. Which names there are is known before anything is
decided; a name that is not declared is refused with the nearest one that is.
"""

from __future__ import annotations

from datetime import date

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine
BORN = date(2008, 2, 29)


def test_a_name_may_hold_dots(rules: Rules) -> None:
    """Dots within a name

    The longest declared name wins; what follows it after a dot is a part of its value.
    """
    rules.gives("person.birth_date", BORN, {"person.birth_date": BORN})
    rules.gives("person.birth_date.year", 2008, {"person.birth_date": BORN})
    rules.gives("a.b + a", 3, {"a.b": 2, "a": 1})


def test_a_name_may_be_chinese_and_hold_blanks(rules: Rules) -> None:
    """Chinese names, blanks and words of the language within a name

    A name ends where a longer one would: `input` does not begin with `in`.
    """
    rules.gives("年龄 >= 14", True, {"年龄": 14})
    rules.gives("monthly  amount + 1", 301, {"monthly amount": 300, "monthly": 1})
    rules.gives("input + 1", 2, {"input": 1})
    rules.gives("count + count([1, 2])", 12, {"count": 10})


def test_a_name_that_is_not_declared_is_refused(rules: Rules) -> None:
    """Undeclared names are refused"""
    nearest = "character 1: there is no name person.birthdate; is person.birth_date meant?"
    rules.refuses("person.birthdate", nearest, {"person.birth_date": BORN})
    rules.refuses("1 + xyz", "character 5: there is no name xyz")


def test_a_value_nobody_knows_stays_unknown(rules: Rules) -> None:
    """Unknown names

    A fact that no source could give, that is stale, in conflict or disputed is unknown, and so is what depends on it.
    """
    rules.gives("amount + 1", nobody_knows("amount"), {"amount": unknown("number")})
