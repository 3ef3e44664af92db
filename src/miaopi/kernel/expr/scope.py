"""The edge: values handed in are checked and brought to FEEL's form once, so that no engine asks again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, DecimalException

from miaopi.kernel.errors import InputError
from miaopi.kernel.expr.temporal import TEMPORAL
from miaopi.kernel.expr.types import ANY, NUMBER, RECORD, Type, item_of
from miaopi.kernel.expr.values import DECIMAL128, Closure, Range, Undetermined, holds
from miaopi.kernel.wording import Text


def admit(names: Iterable[str], types: Mapping[str, Type], scope: Mapping[str, object]) -> dict[str, object]:
    """The values of those names; one that is not in the scope is undetermined. Raises InputError."""
    return {
        name: _admit_one(name, types[name], scope[name]) if name in scope else Undetermined(frozenset({name}))
        for name in names
    }


def _admit_one(name: str, wanted: Type, value: object) -> object:
    if isinstance(value, Undetermined):
        return value
    if isinstance(value, list | tuple):
        item = ANY if wanted == ANY else item_of(wanted)
        elements = [_admit_one(name, item, element) for element in value]
        if wanted.name in ("list", "any"):
            return elements
        raise _wrong_type(name, wanted)
    if isinstance(value, Mapping) and wanted == RECORD:
        return {str(entry): _admit_one(name, ANY, inner) for entry, inner in value.items()}
    if isinstance(value, Mapping) and wanted.name == "context":
        return {entry: _admit_one(name, kind, value.get(entry)) for entry, kind in wanted.entries}
    plain = _plain(name, value)
    if not holds(wanted, plain):
        raise _wrong_type(name, wanted)
    return plain


def _plain(name: str, value: object) -> object:
    """The value in exactly one of FEEL's types: no subclass (an enum of strings), no integer."""
    match value:
        case None | bool():
            return value
        case int() | Decimal():
            try:
                number = DECIMAL128.plus(Decimal(value))
            except DecimalException:
                raise _wrong_type(name, NUMBER) from None
            if not number.is_finite():
                raise _wrong_type(name, NUMBER)
            return number
        case str():
            return str.__str__(value)
        case Range() | Closure():
            return value
        case _ if isinstance(value, TEMPORAL):
            return value
        case _:
            raise _wrong_type(name, ANY)


def _wrong_type(name: str, wanted: Type) -> InputError:
    return InputError(
        name,
        Text(
            zh=f"“{name}”的值不是规则所要的类型（{wanted}）。",
            en=f"the value is not of the type that the rules ask for ({wanted}).",
        ),
        Text(zh="请按规则声明的类型提供。", en="Give one of that type."),
    )
