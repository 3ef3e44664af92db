"""Ages

Two laws, two functions: the package chooses and cites why.
"""

from __future__ import annotations

from datetime import date

from tests.spec.manual import Rules, absent, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_age_on(rules: Rules) -> None:
    """age on(birth, day)

    Completed years, reached on the birthday itself: benefits and permits.
    """
    rules.gives('age on(@"2012-11-24", @"2026-11-23")', 13)
    rules.gives('age on(@"2012-11-24", @"2026-11-24")', 14)
    rules.gives('age on(birth, @"2026-11-24")', nobody_knows("birth"), {"birth": unknown("date")})
    rules.gives('age on(birth, @"2026-11-24")', None, {"birth": absent("date")})
    rules.gives(
        'age on(birth, @"2026-11-24")',
        nobody_knows(fault="an age needs a day on or after the birth"),
        {"birth": date(2027, 1, 1)},
    )


def test_age_after_birthday(rules: Rules) -> None:
    """age after birthday(birth, day)

    Completed years, reached the day after the birthday: criminal law.
    """
    rules.gives('age after birthday(@"2012-11-24", @"2026-11-24")', 13)
    rules.gives('age after birthday(@"2012-11-24", @"2026-11-25")', 14)
    rules.gives('age after birthday(@"2012-11-24", @"2012-11-24")', 0)


def test_leap_day_birthday(rules: Rules) -> None:
    """Born on 29 February

    In a common year the birthday is 28 February (民法典 第二百零二条 by analogy). A city that counts 1 March says so by a third
    argument, a parameter of the service: `"mar_01"`.
    """
    rules.gives('age on(@"2012-02-29", @"2026-02-28")', 14)
    rules.gives('age on(@"2012-02-29", @"2026-02-28", "mar_01")', 13)
    rules.gives('age on(@"2012-02-29", @"2026-03-01", "mar_01")', 14)
    rules.gives('age on(@"2012-02-29", @"2028-02-28", "feb_28")', 15)
    rules.gives('age after birthday(@"2012-02-29", @"2026-02-28")', 13)
    rules.refuses(
        'age on(@"2012-02-29", @"2026-02-28", "feb_30")',
        "character 1: an age needs a day on or after the birth, and feb_28 or mar_01",
    )


def test_day_of_age(rules: Rules) -> None:
    """day of age(birth, years)

    The day on which somebody reaches that age.
    """
    rules.gives('day of age(@"1956-05-21", 70)', date(2026, 5, 21))
    rules.gives('day of age(@"1956-02-29", 70)', date(2026, 2, 28))
    rules.gives('day of age(@"1956-02-29", 70, "mar_01")', date(2026, 3, 1))
    rules.gives('day of age(birth, 70)', nobody_knows("birth"), {"birth": unknown("date")})
    rules.refuses('day of age(@"1956-05-21", 9000)', "character 1: a birthday lies in the years 1 to 9999, and needs feb_28 or mar_01")
