"""The values handed in: brought to FEEL's form once, at the edge, and found for the inputs of imported models, too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException

from miaopi.kernel.dmn.elements import InputData
from miaopi.kernel.dmn.items import ANY, ItemType, coerce
from miaopi.kernel.dmn.language import is_value, read_temporal
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Run
from miaopi.kernel.expr.values import DECIMAL128
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text

TEMPORAL = frozenset({"date", "time", "date and time", "days and time duration", "years and months duration"})
DEEPEST = 64  # levels of a value


@frozen
class Given:
    """The inputs of an evaluation as seen from one model. `outer` are those of the model that imports it."""

    values: Mapping[str, object]
    outer: Given | None = None
    path: str = ""

    def within(self, name: str) -> Given:
        """As seen from the model imported under that name: its entries are within `name`, or are called `name.entry`."""
        inner = self.values.get(name)
        nested = dict(inner) if isinstance(inner, Mapping) else {}
        start = f"{name}."
        named = {key.removeprefix(start): value for key, value in self.values.items() if key.startswith(start)}
        return Given({**named, **nested}, self, name)

    def input(self, element: InputData, namespace: str, run: Run) -> object:
        """The value for this input; null where none was given. One of a wrong type is null, and that is noted."""
        value = admit(element.name, self.find(element.name, namespace), element.of or ANY)
        return coerce(value, element.of, run, element.name, whole=False)

    def find(self, name: str, namespace: str) -> object:
        """What was given under that name, `{namespace}name` or from further out; null for nothing."""
        given: Given | None = self
        while given is not None:
            for key in (name, f"{{{namespace}}}{name}"):
                if key in given.values:
                    return given.values[key]
            given = given.outer
        return None


def admit(name: str, value: object, of: ItemType, depth: int = 0) -> object:
    """The value in FEEL's own types; a text where a temporal value is declared is read as one. Raises InputError."""
    if depth > DEEPEST:
        raise InputError(
            name,
            Text(zh=f"“{name}”的值超过 {DEEPEST} 层。", en=f"the value has more than {DEEPEST} levels inside one another."),
            Text(zh="请减少列表和上下文的层数。", en="Give lists and contexts of fewer levels."),
        )
    match value:
        case None | bool():
            return value
        case int() | Decimal():
            return _number(name, value)
        case str():
            return _text(name, value, of)
        case list() | tuple():
            item = (of.item or ANY) if of.kind == "list" else of
            return [admit(name, element, item, depth + 1) for element in value]
        case Mapping():
            kinds = dict(of.components)
            return {
                str(key): admit(name, entry, kinds.get(str(key), ANY), depth + 1) for key, entry in value.items()
            }
        case datetime():
            return datetime.combine(value.date(), value.timetz())
        case date():
            return date(value.year, value.month, value.day)
        case time():
            return time(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)
        case timedelta():
            return timedelta(value.days, value.seconds, value.microseconds)
        case _ if is_value(value):
            return value
        case _:
            raise _no_value(name)


def _number(name: str, value: int | Decimal) -> Decimal:
    try:
        number = DECIMAL128.plus(Decimal(value))
    except DecimalException:
        raise _no_value(name) from None
    if not number.is_finite():
        raise _no_value(name)
    return number


def _text(name: str, value: str, of: ItemType) -> object:
    kind = of.item.kind if of.kind == "list" and of.item is not None else of.kind
    if kind not in TEMPORAL:
        return str.__str__(value)
    read = read_temporal(value)
    return str.__str__(value) if read is None else read


def _no_value(name: str) -> InputError:
    return InputError(
        name,
        Text(zh=f"“{name}”的值不是规则语言中的值。", en="this is no value of the rule language."),
        Text(zh="请提供文本、数字、真假、日期、列表或上下文。", en="Give text, numbers, truth, dates, lists or contexts of these."),
    )
