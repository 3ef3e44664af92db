"""What `@frozen` makes does what the standard library's frozen dataclass with slots does; each test runs on both."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import KW_ONLY, FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from threading import Thread
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from miaopi.kernel.frozen import frozen

T = TypeVar("T")
Maker = Callable[[type], type]


def make(maker: Maker) -> dict[str, Any]:
    """The same classes by either maker, under the names with which they are pickled."""

    @maker
    class Plain:
        """Two fields."""

        number: int
        text: str = "…"

    @maker
    class Rich(Plain, Generic[T]):
        kept: ClassVar[list[int]] = []
        items: list[T] = field(default_factory=list)
        secret: str = field(default="s", repr=False, compare=False)
        count: int = field(init=False)
        fixed: int = field(default=7, init=False)
        made: list[int] = field(default_factory=list, init=False, compare=False)
        _: KW_ONLY
        named: int
        named_too: tuple[int, ...] = ()
        hashed: int = field(default=0, hash=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "count", len(self.items))

    @maker
    class One:
        only: object

    @maker
    class Empty:
        pass

    @maker
    class Own:
        number: int

        def __init__(self) -> None:
            object.__setattr__(self, "number", 5)

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

    @maker
    class Hashed:
        number: int

        def __hash__(self) -> int:
            return 17

    made = {kind.__name__: kind for kind in (Plain, Rich, One, Empty, Own, Hashed)}
    for name, kind in made.items():
        kind.__qualname__ = f"{prefix_of(maker)}{name}"
        globals()[kind.__qualname__] = kind
    return made


def prefix_of(maker: Maker) -> str:
    return "Ours" if maker is frozen else "Theirs"


@pytest.fixture(params=[frozen, dataclass(frozen=True, slots=True)], ids=["ours", "theirs"])
def kinds(request: pytest.FixtureRequest) -> dict[str, Any]:
    return make(request.param)


def test_fields_are_given_by_place_or_by_name(kinds: dict[str, Any]) -> None:
    plain, rich = kinds["Plain"](3), kinds["Rich"](1, "a", [2, 3], named=4)
    assert (plain.number, plain.text) == (3, "…")
    assert (rich.number, rich.text, rich.items, rich.secret, rich.count, rich.fixed, rich.made) == (1, "a", [2, 3], "s", 2, 7, [])
    assert (rich.named, rich.named_too, rich.hashed) == (4, (), 0)
    assert kinds["Rich"](number=1, named=1).items is not kinds["Rich"](number=1, named=1).items
    assert kinds["Empty"]() == kinds["Empty"]()


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, "a", 2), {}), ((1,), {"other": 2}), ((1,), {"number": 1})])
def test_a_wrong_argument_is_named_with_the_class(kinds: dict[str, Any], given: tuple[Any, ...], named: dict[str, Any]) -> None:
    kind = kinds["Plain"]
    for _ in range(2):  # the first call compiles, the second is what was compiled
        with pytest.raises(TypeError, match=r"Plain\.__init__\(\)"):
            kind(*given, **named)


def test_a_default_before_a_field_without_one_is_refused() -> None:
    @frozen
    class Wrong:
        first: int = 1
        second: int

    with pytest.raises(SyntaxError):
        Wrong(1, 2)


def test_nothing_can_be_set_deleted_or_added(kinds: dict[str, Any]) -> None:
    plain = kinds["Plain"](1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'number'"):
        plain.number = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'number'"):
        del plain.number
    with pytest.raises((FrozenInstanceError, TypeError)):  # that of the standard library stumbles here
        plain.other = 1
    assert not hasattr(plain, "__dict__")


def test_equality_is_that_of_the_compared_fields_within_one_class(kinds: dict[str, Any]) -> None:
    plain, rich = kinds["Plain"], kinds["Rich"]
    assert plain(1) == plain(1) != plain(2)
    assert rich(1, named=1, secret="a") == rich(1, named=1, secret="b") != rich(1, named=2)
    assert plain(1) != kinds["One"](1)
    assert plain(1).__eq__(1) is NotImplemented
    nan = float("nan")
    assert kinds["One"](nan) == kinds["One"](nan)  # as tuples are compared


def test_equal_values_have_one_hash(kinds: dict[str, Any]) -> None:
    assert hash(kinds["Plain"](1)) == hash(kinds["Plain"](1)) == hash((1, "…"))
    assert hash(kinds["One"]("x")) == hash(("x",))
    assert hash(kinds["Rich"](1, items=(), named=1, hashed=2)) == hash(kinds["Rich"](1, items=(), named=1, hashed=3))
    with pytest.raises(TypeError, match="unhashable"):
        hash(kinds["Rich"](1, named=1))


def test_it_shows_its_fields(kinds: dict[str, Any]) -> None:
    assert repr(kinds["Plain"](1)).endswith("Plain(number=1, text='…')")
    assert "secret" not in repr(kinds["Rich"](1, named=1))
    holder: list[object] = []
    holder.append(kinds["One"](holder))
    assert repr(holder[0]).endswith("One(only=[...])")


def test_it_takes_part_in_match(kinds: dict[str, Any]) -> None:
    plain = kinds["Plain"]
    assert plain.__match_args__ == ("number", "text")
    match plain(1, "a"):
        case plain(number, text):
            assert (number, text) == (1, "a")
        case _:
            pytest.fail("no match")


def test_what_the_standard_library_does_with_dataclasses_it_does_with_these(kinds: dict[str, Any]) -> None:
    plain, rich = kinds["Plain"](1), kinds["Rich"](1, items=[kinds["Plain"](2)], named=3)
    assert is_dataclass(plain)
    assert [one.name for one in fields(rich)][:4] == ["number", "text", "items", "secret"]
    assert replace(plain, number=2) == kinds["Plain"](2)
    assert asdict(rich)["items"] == [{"number": 2, "text": "…"}]
    assert kinds["Plain"].__doc__ == "Two fields."


def test_copies_and_pickles_are_equal(kinds: dict[str, Any]) -> None:
    rich = kinds["Rich"](1, items=[kinds["Plain"](2)], named=3)
    for again in (copy.copy(rich), copy.deepcopy(rich), pickle.loads(pickle.dumps(rich))):  # noqa: S301 - our own
        assert again == rich
        assert again.count == 1


def test_a_value_is_compared_before_any_is_made() -> None:
    first, second = (make(frozen)["Plain"] for _ in range(2))
    assert first.__new__(first) is not None
    one = first.__new__(first)
    one.__setstate__([1, "a"])
    assert one == first(1, "a")
    other = second.__new__(second)
    other.__setstate__([1, "a"])
    assert hash(other) == hash((1, "a"))


def test_methods_of_its_own_stay(kinds: dict[str, Any]) -> None:
    own = kinds["Own"]()
    assert (own.number, repr(own), own == 1) == (5, "own", True)
    assert hash(own) == hash((5,))
    assert (hash(kinds["Hashed"](1)), kinds["Hashed"](1) == kinds["Hashed"](1)) == (17, True)


def test_threads_may_make_the_first_of_them_at_once() -> None:
    kind, made = make(frozen)["Plain"], []
    threads = [Thread(target=lambda at: made.append(kind(at)), args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.number for one in made} == set(range(8))
