"""`@frozen`: what `@dataclass(frozen=True, slots=True)` makes, at an eighth of its price (ADR 0044).

Python 3.11 compiles eight texts for each such class, which takes most of a millisecond, and a process that loads all rooms makes some five
hundred, of which most processes use a quarter. Here the standard library reads the fields and makes the slots, one text is compiled when
the first value is made, and what needs no text is shared by all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from reprlib import recursive_repr
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Made = TypeVar("Made")
COMPILED: Final = ("__init__", "__eq__", "__hash__")
LEFT_OUT: Final = object()  # the default of a parameter whose field has a factory


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[Made]) -> type[Made]:
    """A value with fields: it cannot be changed, is equal to one of its class with equal fields, and takes part in `match`.

    `fields`, `replace`, `asdict`, copies and pickles work as for any dataclass, and so do defaults, `field(…)`, `KW_ONLY`, `ClassVar` and
    `__post_init__`; a method that the class writes itself stays. A dataclass above or below it has to be `@frozen` too. Classes with an
    `InitVar`, an order or a `cached_property` stay with the standard library.
    """
    own = {name for name, held in vars(kind).items() if held is not None}  # who writes an `__eq__` has None for a `__hash__`
    kind.__doc__ = kind.__doc__ or kind.__name__  # else the standard library works out a signature for it, which takes longest of all
    made = dataclass(init=False, repr=False, eq=False, slots=True)(kind)
    later = [name for name in COMPILED if name not in own]
    for name in later:
        setattr(made, name, _until_compiled(made, name, later))
    for name in SHARED.keys() - own:
        setattr(made, name, SHARED[name])
    return made


def _until_compiled(made: type, name: str, later: Iterable[str]) -> Callable[..., object]:
    """The method of that name up to the first call of any of those: they are compiled then, and take the place of these."""

    def method(*given: object, **named: object) -> object:
        compiled = _compile(made, fields(made))
        for each in later:
            setattr(made, each, compiled[each])
        return compiled[name](*given, **named)

    return method


def _compile(kind: type, held: Sequence[Field[Any]]) -> Mapping[str, FunctionType]:
    """`__init__`, `__eq__` and `__hash__`, each field written out, so that they run as if written by hand."""
    reach: dict[str, object] = {"__builtins__": {}, "__put__": object.__setattr__, "__hash_of__": hash, "__not_so__": NotImplemented}
    compared = [one.name for one in held if one.compare]
    hashed = [one.name for one in held if (one.compare if one.hash is None else one.hash)]
    lines = [
        f"def __init__({_parameters(held)}):",
        *(f" __put__(self, '{one.name}', {_value(one, reach)})" for one in held if one.init or _default(one) is not MISSING),
        " self.__post_init__()" if hasattr(kind, "__post_init__") else " pass",
        "def __eq__(self, other):",
        f" return {_tuple('self', compared)} == {_tuple('other', compared)} if other.__class__ is self.__class__ else __not_so__",
        "def __hash__(self):",
        f" return __hash_of__({_tuple('self', hashed)})",
    ]
    module = compile("\n".join(lines), f"<{kind.__qualname__}>", "exec")
    methods = {code.co_name: FunctionType(code, reach) for code in module.co_consts if isinstance(code, CodeType)}
    for name, method in methods.items():
        method.__qualname__ = f"{kind.__qualname__}.{name}"
    defaults = [one for one in held if one.init and _default(one) is not MISSING]
    methods["__init__"].__defaults__ = tuple(_default(one) for one in defaults if not one.kw_only)
    methods["__init__"].__kwdefaults__ = {one.name: _default(one) for one in defaults if one.kw_only}
    return methods


def _parameters(held: Iterable[Field[Any]]) -> str:
    """`self, a, b=0, *, c=0`: that there are defaults is said here; what they are, by the function."""
    plain, named = (
        [one.name if _default(one) is MISSING else f"{one.name}=0" for one in held if one.init and one.kw_only is is_named]
        for is_named in (False, True)
    )
    return ", ".join(["self", *plain, *(["*", *named] if named else [])])


def _default(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else LEFT_OUT


def _value(one: Field[Any], reach: dict[str, object]) -> str:
    """The text of what the field is given; a factory, or the default of a field without a parameter, is put within its reach."""
    name = f"__value_of_{one.name}__"
    if one.default_factory is not MISSING:
        reach.update({name: one.default_factory, "__left_out__": LEFT_OUT})
        return f"{name}() if {one.name} is __left_out__ else {one.name}" if one.init else f"{name}()"
    if one.init:
        return one.name
    reach[name] = one.default
    return name


def _tuple(of: str, names: Iterable[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


@recursive_repr("...")
def _repr(self: DataclassInstance) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _refuse_to_set(self: object, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: DataclassInstance) -> list[object]:
    return [getattr(self, one.name) for one in fields(self)]


def _setstate(self: DataclassInstance, state: Iterable[object]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


SHARED: Final[Mapping[str, Callable[..., object]]] = {
    "__repr__": _repr, "__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete,
    "__getstate__": _getstate, "__setstate__": _setstate,
}  # fmt: skip
