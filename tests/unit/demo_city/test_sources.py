"""Every connected source, asked through the connectors of the platform about somebody who has a row there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql

from demo_city.agencies.clock import now
from demo_city.agencies.modes import Mode
from demo_city.agencies.shown import CENTRE, is_by_sql, kept_schema, shown_by, shown_schema
from demo_city.founding import address_of
from demo_city.kept.spec import SURPLUS, TENANTS, all_kept, kept_by
from miaopi.apps.catalogue.adapters.city_file import read_catalogue
from miaopi.apps.exchange.adapters.configuration import Source, read_configuration
from miaopi.apps.exchange.adapters.directory import KINDS, load
from miaopi.apps.exchange.adapters.facts import ROWS, read_facts
from miaopi.apps.exchange.adapters.filters import read_tests
from miaopi.apps.exchange.adapters.port import Connector, Question
from miaopi.config.environment import ROOT
from miaopi.kernel.errors import UpstreamError
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown
from tests.unit.demo_city.conftest import City
from tests.waiting import LONG

pytestmark = pytest.mark.xdist_group("small city")

CONFIGURED = read_configuration(ROOT / "cities/demo/exchange.yaml")
CATALOGUE = read_catalogue(ROOT / "cities/demo/catalogue.yaml")
TYPES = {
    "C": ("string", str), "M": ("string", str), "D": ("date", date), "T": ("date and time", datetime), "L": ("boolean", bool),
    "I": ("number", Decimal), "N": ("number", Decimal), "Y": ("number", Decimal),
}  # fmt: skip
SERVICE = "hukou-graduate"  # the one that the policy of the agency behind a gateway knows
TRIES = 12  # a row may hold one of the declared faults
SOURCES = {name: source for name, resource in CONFIGURED.resources.items() for source in resource.sources}
LETTERS = {(field.resource_id, field.name): field.type for field in CATALOGUE.fields}


class Lines:
    """A connector for each agency that was asked."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._open: dict[str, Connector] = {}

    def ask(self, source: Source, number: str, *fields: str) -> Mapping[str, Fact]:
        agency, at = source.place.agency, now(self._city.premises.home)
        if agency not in self._open:
            address = address_of(self._city.premises, self._city.server, agency, self._city.ports)
            self._open[agency] = load(KINDS[CONFIGURED.agencies[agency].kind])(agency, address)
        columns, tests = tuple(source.columns[field].name for field in fields), read_tests(source, fields, at.date())
        question = Question(source.place, columns, "purpose", "receipt", number, at, tests=tests, service=SERVICE)
        try:
            answer = self._open[agency].ask(question, seconds=LONG)
        except UpstreamError:
            answer = None
        return read_facts(source, answer, fields, now=at)

    def close(self) -> None:
        for connector in self._open.values():
            connector.close()


@pytest.fixture(scope="module")
def lines(running_city: City) -> Iterator[Lines]:
    made = Lines(running_city)
    yield made
    made.close()


def numbers(city: City, source: Source) -> list[str]:
    """Of whom the agency has a row."""
    agency, view = source.place.agency, "identities" if source.place.agency == "criminal" else source.place.resource
    table = sql.Identifier(kept_schema(agency), view)
    key = sql.Identifier(source.place.key)
    with city.owner(agency) as owner:
        found = owner.execute(sql.SQL("SELECT DISTINCT {} AS number FROM {} ORDER BY 1 LIMIT {}").format(key, table, TRIES)).fetchall()
    return [row["number"] for row in found]


def values(source: Source, facts: Mapping[str, Fact]) -> list[Mapping[str, Any]] | None:
    """What was told, row by row, absences as `None`; nothing at all where something is in doubt."""
    if any(isinstance(fact, Unknown) for fact in facts.values()):
        return None
    if source.has_many:
        told = facts[ROWS]
        return list(told.value) if isinstance(told, Known) else None  # type: ignore[arg-type]  # a list of contexts
    return [{name: fact.value if isinstance(fact, Known) else None for name, fact in facts.items()}]


@pytest.mark.parametrize("resource", SOURCES)
def test_a_connected_source_tells_a_row_with_the_types_of_the_catalogue(city: City, lines: Lines, resource: str) -> None:
    source = SOURCES[resource]
    fields = tuple(source.columns)
    answers = (values(source, lines.ask(source, number, *fields)) for number in numbers(city, source))
    told = next(answer for answer in answers if answer)
    for row in told:
        assert set(row) == set(fields)
        for name, value in row.items():
            assert value is None or type(value) is TYPES[LETTERS[resource, name]][1], name
    assert any(value is not None for row in told for value in row.values())


def test_what_is_connected_is_what_is_configured_and_describes_its_fields_with_the_same_types() -> None:
    connected = {each.id for each in CATALOGUE.resources if each.is_connected and each.agency_id != "platform"}
    assert connected == set(SOURCES) and len(connected) == 123  # and two that the platform answers itself
    agency_of = {each.id: each.agency_id for each in CATALOGUE.resources}
    for resource, source in SOURCES.items():
        described = {name for each, name in LETTERS if each == resource}
        assert described >= set(source.columns), resource
        assert agency_of[resource] == source.place.agency, resource
        for name, field in source.columns.items():
            assert TYPES[LETTERS[resource, name]][0] == field.type, (resource, name)


def test_the_tables_of_the_city_and_its_configuration_say_the_same() -> None:
    for resource, kept in all_kept().items():
        source = SOURCES[resource]
        assert (source.place.agency, source.place.key, source.told_apart_by or "") == (kept.agency, kept.key, kept.apart or ""), resource
        assert {field.name for field in source.columns.values() if not field.test} - {kept.key} == set(kept.shown) - {kept.key}, resource
        assert kept.times == (1, 1) or source.has_many, resource


def test_one_word_is_told_in_place_of_a_day_of_birth(city: City, lines: Lines) -> None:
    for is_old in (True, False):
        person = next(each for each in city.population.people if each.is_alive and (each.birth_date.year < 1955) is is_old)
        facts = lines.ask(SOURCES["population_basic"], person.id_number, "is_70_or_older")
        assert set(facts) == {"is_70_or_older"}
        assert isinstance(fact := facts["is_70_or_older"], Known) and fact.value is is_old


@pytest.mark.parametrize("agency", [agency for agency in (*TENANTS, "hr", "education", "civil-affairs") if kept_by(agency)])
def test_what_an_agency_keeps_of_its_own_work_never_leaves_it(city: City, agency: str) -> None:
    for kept in kept_by(agency):
        with city.owner(agency) as owner:
            table = sql.Identifier(kept_schema(agency), kept.resource)
            row = owner.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(table)).fetchone()
        assert row is not None and set(row) == {*kept.shown, *SURPLUS}
        if is_by_sql(agency):
            with city.reader(agency) as reader:
                shown = reader.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(kept.resource))).fetchone()
            assert shown is not None and set(shown) == set(kept.shown)
        else:
            question = {"resource": kept.resource, "key": {kept.key: row[kept.key]}, "purpose": "p", "receipt": "r"}
            status, content = city.post(agency, "/query", {**question, "fields": [kept.columns[0].name]})
            assert status == 200 and {name for record in json.loads(content)["records"] for name in record} == {kept.columns[0].name}
            assert city.post(agency, "/query", {**question, "fields": [SURPLUS[1]]})[0] == 422
            assert city.post(agency, "/query", {**question, "key": {"name": "x"}, "fields": [kept.columns[0].name]})[0] == 422


def test_a_tenant_enters_no_database_and_no_schema_but_its_own(city: City) -> None:
    secrets = city.premises.secrets()
    assert len({secrets[f"{agency}.password"] for agency in TENANTS}) == len(TENANTS)
    for agency in TENANTS:
        with city.owner(agency) as owner:
            allowed = owner.execute("SELECT datname FROM pg_database WHERE has_database_privilege(datname, 'CONNECT')").fetchall()
            assert {row["datname"] for row in allowed} - {"template0"} == {CENTRE}
            entered = owner.execute("SELECT nspname FROM pg_namespace WHERE nspname <> 'pg_catalog' AND has_schema_privilege(oid, 'USAGE')")
            own = {shown_schema(agency), kept_schema(agency)}
            assert {row["nspname"] for row in entered.fetchall()} - {"information_schema"} == own


def test_what_one_tenant_keeps_and_shows_neither_another_nor_its_reader_can_read_or_change(city: City) -> None:
    other = "market-regulation"
    places = [(schema(other), kept_by(other)[0].resource) for schema in (shown_schema, kept_schema)]
    for enter in (city.owner, city.reader):
        with enter("health") as stranger:
            for place in places:
                for statement in ("SELECT * FROM {}", "DELETE FROM {}", "CREATE VIEW seen AS SELECT * FROM {}"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        stranger.execute(sql.SQL(statement).format(sql.Identifier(*place)))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stranger.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(other)))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stranger.execute(sql.SQL("CREATE TABLE {} (n int)").format(sql.Identifier(shown_schema(other), "mine")))


def test_a_tenant_ends_the_sessions_of_its_own_reader_and_of_nobody_elses(city: City) -> None:
    end = "SELECT pg_terminate_backend(pid) AS is_ended FROM pg_stat_activity WHERE usename = %s"
    with city.owner("health") as tenant, city.reader("health") as own, city.reader("market-regulation") as others:
        assert tenant.execute(end, ["health_reader"]).fetchall()
        with pytest.raises(psycopg.OperationalError):
            own.execute("SELECT 1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tenant.execute(end, ["market-regulation_reader"])
        assert others.execute("SELECT 1 AS one").fetchone() == {"one": 1}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tenant.execute("SET ROLE health_reader")


def test_a_tenant_that_is_down_shuts_its_own_door_alone(city: City) -> None:
    city.turn("health", Mode.DOWN)
    with pytest.raises(psycopg.OperationalError):
        city.reader("health")
    with city.reader("market-regulation") as reader:
        assert reader.execute("SELECT 1 AS one").fetchone() == {"one": 1}
    city.turn("health", Mode.UP)
    city.reader("health").close()


@pytest.mark.parametrize("resource", ["driving_licence", "vehicle_registration", "bank_account_check", "taxpayer"])
def test_a_tenant_behaves_as_it_is_told(city: City, lines: Lines, resource: str) -> None:
    source = SOURCES[resource]
    agency, fields = source.place.agency, tuple(name for name, field in source.columns.items() if not field.test)
    number = next(each for each in numbers(city, source) if values(source, lines.ask(source, each, *fields)))
    name = ROWS if source.has_many else next(each for each in fields if source.columns[each].name != source.place.key)
    for mode, doubt in ((Mode.DOWN, Doubt.UNAVAILABLE), (Mode.WRONG, Doubt.UNAVAILABLE), (Mode.CONFLICT, Doubt.CONFLICT)):
        city.turn(agency, mode)
        fact = lines.ask(source, number, *fields)[name]
        assert isinstance(fact, Unknown) and fact.doubt is doubt, mode
    city.turn(agency, Mode.UP)
    assert isinstance(lines.ask(source, number, *fields)[name], Known | Absent)
    assert set(shown_by(agency)) >= {resource}
