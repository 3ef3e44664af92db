"""Search among resources: by everyday words, and by an example of a column – its heading, or values of it.

A process keeps one index an edition; the first question after a change waits while it is made. A sample value is looked at and forgotten:
it may be somebody's, so it stands in no result and no log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import Final, NamedTuple

from django.db import connection

from miaopi.apps.catalogue import models
from miaopi.apps.catalogue.queries.elements import ELEMENTS, Element, find_element
from miaopi.apps.catalogue.queries.everyday import EVERYDAY
from miaopi.apps.catalogue.queries.index import Index, Met
from miaopi.apps.catalogue.queries.resources import Resource, find_edition, get_resources
from miaopi.apps.catalogue.queries.search import LONGEST, Match
from miaopi.kernel.frozen import frozen

AT_FIRST: Final = 20  # hits that are told, unless more are asked for
APART: Final = re.compile(r"[,，;；、\n]+")


@frozen
class ResourceHit:
    """A resource, the word by which it was found and how; `field` is the one that meets an example of a column."""

    resource: Resource
    word: str
    match: Match
    field: str | None = None


@frozen
class ResourcesFound:
    """What a question brought: how many there are, and the best of them."""

    total: int
    hits: tuple[ResourceHit, ...]


@frozen
class _Names:
    """What resources are called; `of_word` leads from a word to those that it names."""

    index: Index
    words: Sequence[str]
    of_word: Sequence[Sequence[str]]
    connected: frozenset[str]


@frozen
class _Column:
    """A field as many resources have it."""

    name: str
    label: str
    type: str
    resources: Sequence[str]


@frozen
class _Columns:
    """What columns are called; `of_word` leads from a word to the places of the columns that it names."""

    index: Index
    words: Sequence[str]
    of_word: Sequence[Sequence[int]]
    columns: Sequence[_Column]


class _Candidate(NamedTuple):
    """A resource that may be meant: the smaller `rank` is the surer."""

    rank: tuple[float, ...]
    resource: str
    word: str
    match: Match
    field: str | None = None


def find_resources(query: str, *, limit: int = AT_FIRST) -> ResourcesFound:
    """The resources that a question may mean: by name, code, agency; in Chinese, pinyin, initials or English, with one slip."""
    edition = find_edition()
    if edition is None:
        return ResourcesFound(0, ())
    names = _names(edition)
    met = names.index.find(query[:LONGEST])
    return _best(((each, names.words[number], None, names.of_word[number]) for number, each in met.items()), names.connected, limit)


def find_resources_by_column(example: str, *, limit: int = AT_FIRST) -> ResourcesFound:
    """The resources that hold such a field. The example is its heading or name (`sfzh`, `身份证号`, `birth_date`), or values of it."""
    edition = find_edition()
    if edition is None:
        return ResourcesFound(0, ())
    columns = _columns(edition)
    meant = _meant(columns, example[:LONGEST])
    held = ((met, word, columns.columns[place].name, columns.columns[place].resources) for place, (met, word) in meant.items())
    return _best(held, _names(edition).connected, limit)


def _best(meant: Iterable[tuple[Met, str, str | None, Sequence[str]]], connected: frozenset[str], limit: int) -> ResourcesFound:
    """Each resource once, by its surest word; what answers before what is described only, unless the question was guessed at."""
    surest: dict[str, _Candidate] = {}
    for met, word, field, resources in meant:
        guessed = -met.closer if met.match in (Match.PART, Match.SLIP) else 0.0
        for resource in resources:
            rank = (met.match, guessed, resource not in connected, -met.closer)
            if resource not in surest or rank < surest[resource].rank:
                surest[resource] = _Candidate(rank, resource, word, met.match, field)
    shown = nsmallest(limit, surest.values(), key=lambda each: (each.rank, each.resource))
    read = get_resources(each.resource for each in shown)
    hits = (ResourceHit(read[each.resource], each.word, each.match, each.field) for each in shown if each.resource in read)
    return ResourcesFound(len(surest), tuple(hits))


def _meant(columns: _Columns, example: str) -> Mapping[int, tuple[Met, str]]:
    """The columns of such a heading, else those that hold such values, by place, each with its surest word."""
    element = _element_of(example)
    if element is not None:
        sample = Met(Match.SAMPLE, 0.0), element.name.zh
        return {place: sample for place, column in enumerate(columns.columns) if _holds(column, element)}
    found: dict[int, tuple[Met, str]] = {}
    for number, met in columns.index.find(example).items():
        for place in columns.of_word[number]:
            if place not in found or (met.match, -met.closer) < (found[place][0].match, -found[place][0].closer):
                found[place] = met, columns.words[number]
    return found


def _element_of(example: str) -> Element | None:
    """What all of the values are, if they are values at all."""
    found = {find_element(value) for value in APART.split(example) if value.strip()}
    return found.pop() if len(found) == 1 else None


def _holds(column: _Column, element: Element) -> bool:
    return element.is_held_by(column.name, column.label, column.type)


@lru_cache(maxsize=2)
def _names(edition: str) -> _Names:
    """Of that edition; the one before it may still be open in another transaction."""
    rows = list(models.Resource.objects.values_list("id", "code", "class_code", "name_zh", "name_en", "agency_id", "is_connected"))
    of_agency: dict[str, list[str]] = {}
    called: dict[str, list[str]] = {}
    for id, code, class_code, name_zh, name_en, agency, _ in rows:
        of_agency.setdefault(agency, []).append(id)
        for word in dict.fromkeys((name_zh, name_en, id, code or "", class_code or "")):
            called.setdefault(word, []).append(id)
    for agency, name_zh, name_en in models.Agency.objects.values_list("id", "name_zh", "name_en"):
        for word in dict.fromkeys((name_zh, name_en)):
            called.setdefault(word, []).extend(of_agency.get(agency, ()))
    for said, meant in EVERYDAY.items():
        called.setdefault(said, []).extend(row[0] for row in rows if meant in row[3])
    called.pop("", None)
    words = list(called)
    return _Names(Index(words), words, list(called.values()), frozenset(row[0] for row in rows if row[-1]))


@lru_cache(maxsize=2)
def _columns(edition: str) -> _Columns:
    """Of that edition: some hundreds, however many fields there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, name_zh, name_en, type, array_agg(resource_id) FROM catalogue_field GROUP BY name, name_zh, name_en, type"
        )
        rows = cursor.fetchall()
    columns = [_Column(name, label, type, resources) for name, label, _, type, resources in rows]
    called: dict[str, dict[int, None]] = {}
    for place, (name, label, label_en, *_) in enumerate(rows):
        for word in (name, label, label_en):
            called.setdefault(word, {})[place] = None
    for element in ELEMENTS:
        held = [place for place, column in enumerate(columns) if element.fields is not None and _holds(column, element)]
        for word in (*element.headings, element.name.zh, element.name.en):
            called.setdefault(word, {}).update(dict.fromkeys(held))
    words = list(called)
    return _Columns(Index(words), words, [list(places) for places in called.values()], columns)
