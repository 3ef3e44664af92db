"""The verbs by which a column is drawn. Each is made once from its words, and then says a value for each row.

A value may come from what is known of the subject, or from a column drawn before it in the same row: both are names here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from demo_city.kept.spec import Column
from demo_city.population.people import years_on
from demo_city.population.tables import Draw

Seen = Mapping[str, Any]
Say = Callable[[Random, Seen], object]


def make_column(column: Column, day: date) -> Say:
    """How that column is drawn on that day. Raises ValueError for words that the verb does not understand."""
    try:
        say = VERBS[column.how](column.what, day)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{column.name}: {column.how} {column.what}: {error}") from None
    if column.type == "money":
        say = _in_cents(say)
    return say if column.often >= 1 else _now_and_then(say, column.often)


def _is(what: str, day: date) -> Say:
    return lambda chance, seen: seen[what]


def _always(what: str, day: date) -> Say:
    value: object = int(what) if what.isdecimal() else what
    return lambda chance, seen: value


def _one_of(what: str, day: date) -> Say:
    """`有效 94|注销 6`: a word and its weight."""
    draw: Draw[object] = Draw(
        (int(word) if word.isdecimal() else word, float(weight)) for word, _, weight in (each.rpartition(" ") for each in what.split("|"))
    )
    return lambda chance, seen: draw.one(chance)


def _text(what: str, day: date) -> Say:
    """`粤JZ{firm:06d}`: names stand in braces; `year` is that of the day, `number` counts the rows of a subject."""
    return lambda chance, seen: what.format_map({"year": day.year, **seen})


def _ago(what: str, day: date) -> Say:
    least, most = _range(what)
    return lambda chance, seen: day - timedelta(days=_between(chance, least, most))


def _ahead(what: str, day: date) -> Say:
    least, most = _range(what)
    return lambda chance, seen: day + timedelta(days=_between(chance, least, most))


def _after(what: str, day: date) -> Say:
    name, span = what.split(" ")
    least, most = _range(span)
    return lambda chance, seen: seen[name] and seen[name] + timedelta(days=_between(chance, least, most))


def _before(what: str, day: date) -> Say:
    name, span = what.split(" ")
    least, most = _range(span)
    return lambda chance, seen: seen[name] and seen[name] - timedelta(days=_between(chance, least, most))


def _years(what: str, day: date) -> Say:
    name, count = what.split(" ")
    return lambda chance, seen: seen[name] and years_on(seen[name], int(count))


def _state(what: str, day: date) -> Say:
    """`valid_to 有效|过期`: by whether the day has come."""
    name, words = what.split(" ")
    before, past = words.split("|")
    return lambda chance, seen: before if seen[name] is None or seen[name] >= day else past


def _filled(what: str, day: date) -> Say:
    """`allocated_on 已配租|轮候`: by whether the column holds something."""
    name, words = what.split(" ")
    full, empty = words.split("|")
    return lambda chance, seen: full if seen[name] is not None else empty


def _band(what: str, day: date) -> Say:
    """`hours 100:注册志愿者|300:一星`: the first word whose border the number does not pass."""
    name, words = what.split(" ")
    bands = [(float(border), word) for border, _, word in (each.partition(":") for each in words.split("|"))]
    return lambda chance, seen: next(word for border, word in bands if seen[name] <= border)


def _number(what: str, day: date) -> Say:
    """`2600..2920 10`: a whole number between the two, in steps."""
    span, _, step = what.partition(" ")
    least, most = _range(span)
    each = int(step or 1)
    return lambda chance, seen: least + each * int(chance.random() * ((most - least) // each + 1))


def _part(what: str, day: date) -> Say:
    name, span = what.split(" ")
    least, most = (Decimal(text) for text in span.split(".."))
    return lambda chance, seen: Decimal(seen[name]) * (least + (most - least) * Decimal(int(chance.random() * 101)) / 100)


def _chance(what: str, day: date) -> Say:
    share = float(what)
    return lambda chance, seen: chance.random() < share


def _moment(what: str, day: date) -> Say:
    """So many days before the day (below nought: after it), by daylight."""
    least, most = _range(what)
    return lambda chance, seen: datetime.combine(
        day - timedelta(days=_between(chance, least, most)), time(1 + int(chance.random() * 9), int(chance.random() * 60)), UTC
    )


VERBS: Final[Mapping[str, Callable[[str, date], Say]]] = {
    "is": _is, "always": _always, "one_of": _one_of, "text": _text, "ago": _ago, "ahead": _ahead, "after": _after, "before": _before,
    "years": _years, "state": _state, "filled": _filled, "band": _band, "number": _number, "part": _part, "chance": _chance,
    "moment": _moment,
}  # fmt: skip


def _now_and_then(say: Say, often: float) -> Say:
    return lambda chance, seen: say(chance, seen) if chance.random() < often else None


def _in_cents(say: Say) -> Say:
    def cents(chance: Random, seen: Seen) -> object:
        value: Any = say(chance, seen)
        return None if value is None else Decimal(int(value * 100)).scaleb(-2)

    return cents


def _range(text: str) -> tuple[int, int]:
    least, most = text.split("..")
    return int(least), int(most)


def _between(chance: Random, least: int, most: int) -> int:
    return least + int(chance.random() * (most - least + 1))
