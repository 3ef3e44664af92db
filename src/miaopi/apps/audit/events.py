"""Who acts, what an event is, and who listens. An event holds identifiers and digests, never names, addresses or ID numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Final, TypeVar, get_type_hints

from miaopi.kernel.frozen import frozen

JsonBody = dict[str, Any]
WITHIN: Final[dict[type[Event], list[Callable[..., None]]]] = {}
AFTER: Final[dict[str, tuple[type[Event], Callable[..., None]]]] = {}
MANY: Final[set[str]] = set()  # those of AFTER that take a batch at once
KINDS: Final[dict[str, type[Event]]] = {}
NAMERS: Final[list[Callable[[str], str]]] = []


class Nameless(Exception):
    """A person acted, and no room has said how persons are named in the log: her id is not written instead."""


class ActorKind(StrEnum):
    PERSON = "person"
    STAFF = "staff"
    AGENCY = "agency"
    RULE_SET = "rule_set"
    SYSTEM = "system"


@cache
def _names_of(kept: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kept))


@frozen
class Actor:
    """Who acts (DESIGN.md law 11): `id` is a party, a rule set with its version, or the name of a handler; never an ID number.

    `acting_for` is a party too, whoever acts. `role` is the part of a member of staff, as her account said at that moment.
    """

    kind: ActorKind
    id: str
    acting_for: str | None = None
    assurance: int | None = None
    right: str | None = None
    role: str | None = None

    @property
    def party(self) -> str:
        """Whose matters these are when a person acts: hers, or those of whom she acts for."""
        return self.acting_for or self.id

    @property
    def signed_as(self) -> str:
        """As a row keeps who decided it."""
        return f"{self.kind}/{self.id}"

    def to_json(self) -> JsonBody:
        """What an entry says of the actor: the level and the right of the act are part of the act.

        Parties stand there by pseudonym, as subjects do, so that no entry leads to a person once the keys are gone
        (DESIGN.md §7.6). Raises Nameless where no room gives one.
        """
        said: JsonBody = {name: value for name in ACTOR if (value := getattr(self, name)) is not None}
        parties = {"acting_for", "id"} if self.kind is ActorKind.PERSON else {"acting_for"}
        return said | {name: _pseudonym(said[name]) for name in parties & said.keys()}


ACTOR: Final = _names_of(Actor)


def name_persons_by(pseudonym: Callable[[str], str]) -> None:
    """Register, once, how the log names a party; the room that knows persons does so when it starts."""
    if NAMERS not in ([], [pseudonym]):
        raise ValueError("persons would have two names in one log")
    NAMERS[:] = [pseudonym]


def _pseudonym(party: str) -> str:
    if not NAMERS:
        raise Nameless("no room has registered how the log names persons")
    return NAMERS[0](party)


def person(party: str) -> Actor:
    return Actor(ActorKind.PERSON, party)


def rule_set(slug: str, version: str) -> Actor:
    """What the machine decides is signed “rule set X, version Y”."""
    return Actor(ActorKind.RULE_SET, f"{slug}@{version}")


def staff(member: str, role: str) -> Actor:
    """A member of staff by the id of her account, in the one role that it gives her."""
    return Actor(ActorKind.STAFF, member, role=role)


def system(name: str) -> Actor:
    return Actor(ActorKind.SYSTEM, name)


class Event:
    """Something that happened. Subclasses are `@frozen`, in a room's `events.py`.

    Fields are str, int, bool, date, datetime, tuples of str, or None. `subject` is the pseudonym of the person whom it is
    about; `number` or `application` the case it belongs to. An event whose `is_access` is true is a look at her data, one whose
    `is_attempt` is true a look that was refused. One that names a `deferral` is shown to its subject from `shown_from` on; without
    such a moment, when somebody releases it.
    """

    event_kind: ClassVar[str]
    is_access: ClassVar[bool] = False
    is_attempt: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.event_kind = f"{cls.__module__.split('.')[2]}.{cls.__name__}" if cls.__module__.startswith("miaopi.apps.") else cls.__name__
        KINDS[cls.event_kind] = cls

    def to_body(self) -> JsonBody:
        """The fields as JSON values; moments and days as ISO 8601 text."""
        return {
            name: value if type(value := getattr(self, name)) is str else _written(value) for name in _names_of(type(self))  # type: ignore[arg-type]  # a class is hashable
        }


@frozen
class LogChecked(Event):
    """Somebody had the whole log of `size` entries recomputed; `findings` rows were altered, of which `rows` names the first."""

    size: int
    findings: int
    rows: tuple[str, ...]


def case_of(body: JsonBody) -> str | None:
    """The number of the case that an event belongs to, if any; an agreement is a case of its own."""
    return body.get("number") or body.get("application") or body.get("agreement")


EventT = TypeVar("EventT", bound=Event)
Handler = TypeVar("Handler", bound=Callable[..., None])


def _written(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [each if type(each) is str else _written(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


def read_event(kind: str, body: JsonBody) -> Event:
    """The event that was recorded under `kind`. Raises KeyError for a kind that no room knows any more."""
    event = KINDS[kind]
    hints = get_type_hints(event)
    return event(**{name: _read(hints[name], value) for name, value in body.items()})


def _read(hint: object, value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and hint in (datetime, datetime | None):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and hint in (date, date | None):
        return date.fromisoformat(value)
    return value


def within(event: type[EventT]) -> Callable[[Handler], Handler]:
    """`handler(event, *, hand, by, now)` runs in the transaction that records the event: database only, no I/O."""

    def listen(handler: Handler) -> Handler:
        WITHIN.setdefault(event, []).append(handler)
        return handler

    return listen


def after(event: type[EventT]) -> Callable[[Handler], Handler]:
    """`handler(event, *, seq, now)` reads the numbered log, in batches, once for each event whose transaction committed."""

    def listen(handler: Handler) -> Handler:
        name = name_of(handler)
        if name in AFTER and _place_of(AFTER[name][1]) != _place_of(handler):
            raise ValueError(f"two handlers would share the place of {name} in the log")
        AFTER[name] = (event, handler)
        return handler

    return listen


def after_many(event: type[EventT]) -> Callable[[Handler], Handler]:
    """`handler(events, *, now)` reads the numbered log a batch at a time: each event with its moment. For what is only counted, so that
    a busy hour costs a statement a batch and not one an event. It is one for all: where it fails, they are taken one by one."""

    def listen(handler: Handler) -> Handler:
        MANY.add(name_of(handler))
        return after(event)(handler)

    return listen


def name_of(handler: Callable[..., None]) -> str:
    """`notification.tell_the_outcome`: the name under which a handler keeps its place in the log."""
    parts = handler.__module__.split(".")
    room = parts[2] if handler.__module__.startswith("miaopi.apps.") else parts[-1]
    return f"{room}.{handler.__name__}"


def _place_of(handler: Callable[..., None]) -> tuple[str, str]:
    return handler.__module__, handler.__qualname__
