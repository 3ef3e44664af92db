"""The demo city's agencies as processes of their own, asked by the connectors that the city configures, in each of their modes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from demo_city.agencies.modes import Mode
from miaopi.apps.exchange.adapters.configuration import read_configuration
from miaopi.apps.exchange.adapters.directory import KINDS, load
from miaopi.apps.exchange.adapters.facts import ROWS as LIST
from miaopi.apps.exchange.adapters.facts import read_facts
from miaopi.apps.exchange.adapters.lines import Line
from miaopi.apps.exchange.adapters.port import Connector, Question
from miaopi.kernel.fact import Absent, Doubt, Fact, Known, Unknown
from tests.unit.exchange.running import NOW, ROOT, RunningAgency
from tests.waiting import LONG

pytestmark = pytest.mark.xdist_group("agencies")  # an agency's database bears its name, so there is one of each on a server

SOMEBODY, NOBODY = "11010519491231002X", "440300195602290019"
ROWS = {
    "population": [
        "INSERT INTO kept.people VALUES (1, %(n)s, '演示·安娜', NULL, '女', '汉族', '1949-12-31', '正常', NULL, 1, '户主')",
        "INSERT INTO kept.identities VALUES (%(n)s, 1, '演示·安娜', '1949-12-31')",
    ],
    "residence": ["INSERT INTO permits VALUES (%(n)s, '4403000000000001', '2026-01-01', '2027-01-01', '有效')"],
    "criminal": ["INSERT INTO identities VALUES (%(n)s, 1, '1949-12-31', true)"],
    "education": ["INSERT INTO destinations VALUES (%(n)s, '待就业', NULL, NULL, true, '否', '2026-06-30')"],
    "hr": ["INSERT INTO kept.cases VALUES ('RC1', %(n)s, '440304', '在办', NULL, NULL)"],
    "civil-affairs": ["INSERT INTO elders VALUES (%(n)s, false)", "INSERT INTO allowances VALUES (%(n)s, '2024-05', NULL)"],
    "death": ["INSERT INTO numbers VALUES (%(n)s)", "INSERT INTO cremation VALUES (%(n)s, '2026-11-20')"],
    "credit": ["INSERT INTO subjects VALUES (%(n)s)"],
    "real-estate": ["INSERT INTO kept.shares VALUES (%(n)s, '440304001000101', '演示路1号', '住宅', 50, '演示派出所')"],
}
ASKED = {
    "population": ("population_basic", "birth_date", date(1949, 12, 31)),
    "residence": ("residence_permit", "endorsed_to", date(2027, 1, 1)),
    "criminal": ("criminal_record", "condition_met", "true"),
    "education": ("graduate_employment", "in_national_plan", True),
    "hr": ("talent_introduction", "open_case_no", "RC1"),
    "civil-affairs": ("old_age_allowance_ledger", "active_since", "2024-05"),
    "death": ("cremation", "cremated_on", date(2026, 11, 20)),
    "credit": ("dishonest_debtor", "active_count", Decimal(0)),
    "real-estate": ("real_estate", LIST, [{"house_code": "440304001000101", "share": Decimal(50)}]),
}
OF_A_LIST = ("house_code", "share")
SERVICE = "hukou-graduate"  # the one that the policy of the agency behind a gateway knows


class Running(RunningAgency):
    """One agency and our line to it."""

    def __init__(self, name: str, server: str, home: Path) -> None:
        super().__init__(name, server, home, [(statement, {"n": SOMEBODY}) for statement in ROWS[name]])
        self.resource, self.field, self.value = ASKED[name]
        self._connector: Connector = load(KINDS[self.address["kind"]])(name, self.address)
        configured = read_configuration(ROOT / "cities/demo/exchange.yaml")
        self._source = configured.resources[self.resource].sources[0]
        self._line = Line(name, self._connector, LONG)

    def ask(self, number: str, *, seconds: float = LONG) -> Fact:
        fields = OF_A_LIST if self._source.has_many else (self.field,)
        columns = tuple(self._source.columns[field].name for field in fields)
        answer = self._line.ask(Question(self._source.place, columns, "purpose", "receipt", number, NOW, service=SERVICE), seconds=seconds)
        return read_facts(self._source, answer, fields, now=NOW)[self.field]

    def close(self) -> None:
        self._connector.close()
        super().close()


@pytest.fixture(scope="module", params=list(ASKED))
def running(request: pytest.FixtureRequest, agency_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(request.param, agency_server, tmp_path_factory.mktemp("home"))
    yield made
    made.close()


@pytest.fixture
def agency(running: Running) -> Iterator[Running]:
    yield running
    running.turn(Mode.UP)


def test_a_person_of_the_register_is_known(agency: Running) -> None:
    assert agency.ask(SOMEBODY) == Known(agency.value, agency.resource, NOW)


def test_a_person_it_does_not_have_is_absent_by_rule_and_otherwise_unproven(agency: Running) -> None:
    fact = agency.ask(NOBODY)
    if agency.name == "criminal":
        assert fact == Unknown(Doubt.UNPROVEN, agency.resource)
    else:
        assert fact == Absent(agency.resource, NOW)


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.SLOW, Mode.WRONG])
def test_an_agency_in_trouble_is_silent_and_believed_again_afterwards(agency: Running, mode: Mode) -> None:
    agency.ask(SOMEBODY)
    agency.turn(mode)
    assert [agency.ask(SOMEBODY, seconds=0.5) for _ in range(2)] == [Unknown(Doubt.UNAVAILABLE, agency.resource)] * 2
    agency.turn(Mode.UP)
    assert agency.ask(SOMEBODY) == Known(agency.value, agency.resource, NOW)


def test_two_records_that_differ_are_a_conflict(agency: Running) -> None:
    agency.turn(Mode.CONFLICT)
    assert agency.ask(SOMEBODY) == Unknown(Doubt.CONFLICT, agency.resource)
