"""Search among resources: by everyday words, and by an example of a column – its heading, or values of it.

A process keeps one index an edition; the first question after a change waits while it is made. A sample value is looked at and forgotten:
it may be somebody's, so it stands in no result and no log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import Final

from django.db import connection

from miaopi.apps.catalogue import models
from miaopi.apps.catalogue.queries.elements import ELEMENTS, Element, find_element
from miaopi.apps.catalogue.queries.everyday import EVERYDAY
from miaopi.apps.catalogue.queries.index import Index, Met, how
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


def find_resources(query: str, *, limit: int = AT_FIRST) -> ResourcesFound:
    """The resources that a question may mean: by name, code, agency; in Chinese, pinyin, initials or English, with one slip."""
    edition = find_edition()
    if edition is None:
        return ResourcesFound(0, ())
    names = _names(edition)
    met = names.index.find(query[:LONGEST])
    return _tell(met, names.of_word, limit, names.connected, lambda number: (names.words[number], None))


def find_resources_by_column(example: str, *, limit: int = AT_FIRST) -> ResourcesFound:
    """The resources that hold such a field. The example is its heading or name (`sfzh`, `身份证号`, `birth_date`), or values of it."""
    edition = find_edition()
    if edition is None:
        return ResourcesFound(0, ())
    columns = _columns(edition)
    held = _held(columns, example[:LONGEST])
    met = {place: by for place, (by, _) in held.items()}
    resources = {place: columns.columns[place].resources for place in held}
    return _tell(met, resources, limit, _names(edition).connected, lambda place: (held[place][1], columns.columns[place].name))


def _tell(
    met: Mapping[int, Met],
    resources: Sequence[Sequence[str]] | Mapping[int, Sequence[str]],
    limit: int,
    connected: frozenset[str],
    words: Callable[[int], tuple[str, str | None]],
) -> ResourcesFound:
    """Each resource once, by its surest word; what answers before what is described only, unless the question was guessed at."""
    surest: dict[str, int] = {}
    for number in sorted(met, key=met.__getitem__):
        for resource in resources[number]:
            surest.setdefault(resource, number)

    def rank(resource: str) -> tuple[object, ...]:
        match, guessed, far = met[surest[resource]]
        return match, guessed, resource not in connected, far, resource

    shown = nsmallest(limit, surest, key=rank)
    read = get_resources(shown)
    told = ((id, met[surest[id]].match, *words(surest[id])) for id in shown if id in read)
    return ResourcesFound(len(surest), tuple(ResourceHit(read[id], word, match, field) for id, match, word, field in told))


def _held(columns: _Columns, example: str) -> Mapping[int, tuple[Met, str]]:
    """The columns of such a heading, else those that hold such values, by place, each with its surest word."""
    element = _element_of(example)
    if element is not None:
        sample = how(Match.SAMPLE, 0.0), element.name.zh
        return {place: sample for place, column in enumerate(columns.columns) if _holds(column, element)}
    found: dict[int, tuple[Met, str]] = {}
    for number, met in columns.index.find(example).items():
        for place in columns.of_word[number]:
            if place not in found or met < found[place][0]:
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
