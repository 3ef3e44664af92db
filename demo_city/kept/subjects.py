"""The kinds of subjects that a resource may be about, and which of them pass its condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from demo_city.kept.firms import know_firms, know_organisations, know_projects, know_trucks
from demo_city.kept.persons import Known, know_persons
from demo_city.kept.things import (
    know_births,
    know_diplomas,
    know_doses,
    know_dwellings,
    know_houses,
    know_leases,
    know_months,
    know_purchases,
    know_vehicles,
)
from demo_city.population.people import Population

SPAN: Final = re.compile(r"(\d*)\.\.(\d*)")
MOST: Final = 10**9

Finder = Callable[[Known], bool]


def know_everything(population: Population) -> Mapping[str, Sequence[Known]]:
    """By kind, what is known of each of its subjects; every one has `id_number`, of whom its rows are found, and `serial`."""
    registered = know_persons(population)
    persons = [known for known in registered if known["is_alive"]]
    firms = know_firms(population, persons)
    return {
        "people": persons,
        "dead": [known for known in registered if not known["is_alive"]],
        "vehicles": list(know_vehicles(population, persons)),
        "dwellings": list(know_dwellings(population, persons)),
        "houses": list(know_houses(population, persons)),
        "leases": list(know_leases(population, persons)),
        "births": list(know_births(population, persons)),
        "doses": list(know_doses(population, persons)),
        "months": list(know_months(population, persons)),
        "diplomas": list(know_diplomas(population, persons)),
        "purchases": list(know_purchases(population, persons, firms)),
        "firms": firms,
        "organisations": list(know_organisations(population, persons)),
        "projects": know_projects(population, firms),
        "trucks": list(know_trucks(population, firms)),
    }


def make_condition(where: str) -> Finder:
    """`age 18..59;insured 参保|停保;is_company`: a span, words, or a name that must be true of the subject. `no` is the word for false."""
    tests = [_make_test(*each.partition(" ")[::2]) for each in where.split(";") if each]
    if len(tests) == 1:
        return tests[0]
    return lambda known: all(test(known) for test in tests)


def _make_test(name: str, words: str) -> Finder:
    if not words:
        return lambda known: bool(known[name])
    if span := SPAN.fullmatch(words):
        least, most = int(span[1] or 0), int(span[2] or MOST)
        return lambda known: known[name] is not None and least <= known[name] <= most
    wanted = {{"yes": True, "no": False}.get(word, word) for word in words.split("|")}
    return lambda known: known[name] in wanted
