"""The agencies' wire format in JSON: how a question is written, in which pages its answer comes, and what of it is believed."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from decimal import Decimal
from typing import Final

from miaopi.apps.exchange.adapters.answers import MOST_ROWS, find_oldest, silence
from miaopi.apps.exchange.adapters.port import Partial, Question
from miaopi.kernel.frozen import frozen

MOST_PAGES: Final = 20
LONGEST_CURSOR: Final = 200
UNREADABLE: Final = (ValueError, ArithmeticError, RecursionError)  # the second: a number whose exponent no number has


@frozen
class Page:
    """Some of the records, where the others begin – empty: these were the last –, and of which moment they are, if that is said."""

    records: list[object]
    next: str
    at: datetime | None


class Pages:
    """The records of all pages, those that the question has already among them: whole or not at all. `after` is the cursor to go on with,
    nothing at first; `at` the moment of the oldest page, none as soon as one does not say it."""

    def __init__(self, question: Question) -> None:
        so_far = question.so_far or Partial((), ("",), ())
        self._agency = question.place.agency
        self._cursors = list(so_far.cursors)
        self.records = list(so_far.records)
        self.are_whole = False
        self._moments = list(so_far.moments)

    @property
    def after(self) -> str:
        return self._cursors[-1]

    @property
    def at(self) -> datetime | None:
        return find_oldest(self._moments)

    @property
    def so_far(self) -> Partial:
        return Partial(tuple(self.records), tuple(self._cursors), tuple(self._moments))

    def take(self, page: Page) -> None:
        """Raises UpstreamError for pages that go on for ever or lead back."""
        self.records += page.records
        self._moments.append(page.at)
        if not page.next:
            self.are_whole = True
        elif page.next in self._cursors or len(self._cursors) == MOST_PAGES or len(self.records) > MOST_ROWS:
            raise silence(self._agency)
        else:
            self._cursors.append(page.next)


def make_name() -> str:
    """Tells one asking from every other, if the agency repeats it."""
    return secrets.token_hex(16)


def write_question(question: Question, after: str = "", name: str = "") -> dict[str, object]:
    """What an agency is asked; `after` is the cursor that its last page gave, `name` what its answer must repeat."""
    place = question.place
    return {
        "resource": place.name,
        "key": {place.key: question.key},
        "fields": list_columns(question),
        "purpose": question.purpose,
        "receipt": question.receipt,
        **({"where": write_where(question)} if question.where else {}),
        **({"tests": {name: [term.to_json() for term in terms] for name, terms in question.tests.items()}} if question.tests else {}),
        **({"after": after} if after else {}),
        **({"question": name} if name else {}),
    }


def list_columns(question: Question) -> list[str]:
    """The columns whose values are wanted, the key first."""
    return [name for name in dict.fromkeys((question.place.key, *question.columns)) if name not in question.tests]


def write_where(question: Question) -> list[object]:
    return [term.to_json() for term in question.where]


def read_page(question: Question, body: bytes, name: str = "") -> Page:
    """`records` of `{"question": name, "records": [{field: value}, …], "at": …, "next": cursor}`.

    Who was asked for granted rows alone repeats their tests as `where`: from an agency that does not know them comes no answer.
    """
    agency = question.place.agency
    answer = read_object(agency, body)
    records, cursor = answer.get("records"), answer.get("next") or ""
    if not isinstance(records, list) or not isinstance(cursor, str) or len(cursor) > LONGEST_CURSOR:
        raise silence(agency)
    if question.where and answer.get("where") != write_where(question):
        raise silence(agency)
    if name and answer.get("question") != name:
        raise silence(agency)  # the answer to something else
    return Page(records, cursor, _moment(answer))


def read_absence(agency: str, body: bytes, name: str) -> datetime | None:
    """Of which moment “there is none” is, if the agency says so with an offset. Raises UpstreamError where it does not repeat `name`."""
    try:
        answer = READER.decode(body.decode())
    except UNREADABLE:
        answer = None
    if name and (not isinstance(answer, dict) or answer.get("question") != name):
        raise silence(agency)
    return _moment(answer) if isinstance(answer, dict) else None


def _moment(answer: dict[str, object]) -> datetime | None:
    said = answer.get("at")
    try:
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def read_object(agency: str, body: bytes) -> dict[str, object]:
    """A JSON object. Numbers come as Decimal: no float enters a decision. Raises UpstreamError for anything else."""
    try:
        answer = READER.decode(body.decode())
    except UNREADABLE:
        raise silence(agency) from None  # the text of a JSON error quotes the document
    if not isinstance(answer, dict):
        raise silence(agency)
    return answer


def _refuse_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A name that stands twice in one record would let the later value win in silence."""
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name stands twice")
    return record


READER: Final = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)
