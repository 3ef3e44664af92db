"""A pull by way of an agency's gateway: both keys, ours and the agency's own policy, and it is clear who said no."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import override_settings

from miaopi.apps.exchange.api import approve_grant, list_outages, list_sources, pull_or_say_why
from miaopi.kernel.fact import Doubt, Known, Unknown
from tests.unit.exchange.counterparts import CANARY, COLUMNS
from tests.unit.exchange.counterparts_streams import BehindGateway
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.scene import ANNA, EXCHANGE, KEEPER, NOW, PURPOSE, SERVICE, Scene
from tests.waiting import LONG

HELD = {**dict.fromkeys(COLUMNS), "id_number": ANNA.id_number, "name": ANNA.name, "birth_date": date(1949, 12, 31), "remark": CANARY}


class Gated(Scene):
    """The scene in which the population register stands behind its own gateway; it calls the sex of a person a remark."""

    def __init__(self, folder: Path, agency: BehindGateway) -> None:
        super().__init__(folder)
        self._address = agency.address
        text = EXCHANGE.replace("population: {kind: fake, seconds: 5}", "population: {kind: gateway, seconds: 2}")
        text = text.replace("at: population_basic\n", "at: person\n").replace("sex: {values: [男, 女]}", "sex: remark")
        (folder / "exchange.yaml").write_text(text, encoding="utf-8")

    def publish(self) -> None:
        super().publish()
        known = json.loads(self.addresses.read_text(encoding="utf-8"))
        self.addresses.write_text(json.dumps({**known, "population": self._address}), encoding="utf-8")


@pytest.fixture
def agency(agency_server: str, tmp_path: Path) -> Iterator[BehindGateway]:
    folder = tmp_path / "agency"
    folder.mkdir()
    uses = {SERVICE: frozenset({PURPOSE.zh})}
    made = BehindGateway(agency_server, folder, agency="population", shows=frozenset({"name", "birth_date"}), uses=uses, daily=5)
    made.hold([HELD])
    yield made
    made.close()


@pytest.fixture
def scene(agency: BehindGateway, tmp_path: Path) -> Iterator[Gated]:
    made = Gated(tmp_path, agency)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        yield made


def test_granted_fields_come_and_the_agencys_log_names_grant_and_receipt(scene: Gated, agency: BehindGateway) -> None:
    assert scene.pull({"population_basic": ("name", "birth_date")}) == {
        "population_basic.name": Known(ANNA.name, "population_basic", NOW),
        "population_basic.birth_date": Known(date(1949, 12, 31), "population_basic", NOW),
    }
    (line,) = agency.log()
    grants = [scene.grant_of("population_basic", name) for name in ("name", "birth_date")]
    assert (line["grants"], line["receipt"], line["service"], line["purpose"]) == (grants, scene.receipt, SERVICE, PURPOSE.zh)
    assert {entry["result"] for entry in entries("DataPulled")} == {"found"}


def test_what_we_granted_and_the_agency_does_not_is_its_refusal_by_name(scene: Gated, agency: BehindGateway) -> None:
    approve_grant(service=SERVICE, resource="population_basic", field="sex", purpose=PURPOSE.zh, ground="授权同意", by=KEEPER, now=NOW)
    scene.publish()
    asks, deadline = {"population_basic": ("sex",)}, timedelta(seconds=LONG)
    pulled = pull_or_say_why(subject=scene.subject, asks=asks, ground=scene.ground(), deadline=deadline, by=scene.by, now=NOW)
    assert pulled.facts == {"population_basic.sex": Unknown(Doubt.UNPROVEN, "population_basic")}
    assert pulled.refused == {"population_basic.sex": "agency_policy"}
    (entry,) = entries("PullRefused")
    told = {name: entry[name] for name in ("code", "reason", "provider", "said", "fields")}
    assert told == {"code": "agency_policy", "reason": "source", "provider": "population", "said": "field", "fields": ["sex"]}
    assert (entries("DataPulled"), list_outages()) == ([], {})
    assert CANARY not in f"{agency.answered()} {entry_text()} {pulled}"


def test_an_ungranted_field_never_reaches_the_agency(scene: Gated, agency: BehindGateway) -> None:
    scene.pull({"population_basic": ("name", "sex")})
    assert [line["fields"] for line in agency.log()] == [["name"]]
    assert "remark" not in agency.asked()


def test_a_key_that_is_not_the_pinned_one_is_an_outage_and_no_fact(scene: Gated, agency: BehindGateway) -> None:
    scene._address = {**agency.address, "agency_key": agency.policy.platform.hex()}
    assert scene.pull({"population_basic": ("name",)}) == {"population_basic.name": Unknown(Doubt.UNAVAILABLE, "population_basic", NOW)}
    assert list_outages() == {("population_basic", "population"): NOW}
    scene._address = agency.address
    assert scene.pull({"population_basic": ("name",)}) == {"population_basic.name": Known(ANNA.name, "population_basic", NOW)}


@pytest.mark.parametrize("broken", [{"seed": "00"}, {"agency_key": "no hex"}, {"agency_key": "00"}, {"url": None}])
def test_an_address_without_its_keys_is_none(scene: Gated, agency: BehindGateway, broken: dict[str, str | None]) -> None:
    scene._address = {name: value for name, value in {**agency.address, **broken}.items() if value is not None}
    scene.publish()
    assert not next(source for source in list_sources(now=NOW) if source.agency == "population").is_connected
