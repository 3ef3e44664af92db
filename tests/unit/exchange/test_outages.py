"""An agency is stopped and comes back: meanwhile its facts are unavailable since the beginning of the outage, then known again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import override_settings

from miaopi.apps.exchange.api import list_outages, list_sources
from miaopi.kernel.fact import Doubt, Known, Unknown
from tests.unit.exchange.counterparts_sftp import BehindSftp
from tests.unit.exchange.counterparts_soap import NAMESPACE, BehindSoap
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import ANNA, EXCHANGE, NOW, Scene
from tests.unit.exchange.scene import ROW as ANNAS
from tests.unit.exchange.test_connectors import ROW
from tests.waiting import LONG, until

pytestmark = pytest.mark.usefixtures("database")

SOURCES = {
    "soap": ("soap", f"/PersonService\n        operation: QueryPerson\n        namespace: {NAMESPACE}"),
    "file": ("file", "person\n        format: parquet"),
}
NAME = {"population_basic": ("name",)}
SOURCE = ("population_basic", "population")


class Outside(Scene):
    """The scene, with its population at a real counterpart."""

    def __init__(self, folder: Path, agency: BehindSoap | BehindSftp, kind: str) -> None:
        super().__init__(folder)
        self.agency = agency
        named, at = SOURCES[kind]
        reached = f"population: {{kind: {named}, seconds: 30}}"
        text = EXCHANGE.replace("population: {kind: fake, seconds: 5}", reached).replace("at: population_basic", f"at: {at}")
        address = EXCHANGE[EXCHANGE.index("  address:") : EXCHANGE.index("  criminal_record:")]
        (folder / "exchange.yaml").write_text(text.replace(address, ""), encoding="utf-8")
        agency.hold([{**ROW, "id_number": ANNA.id_number, "name": ANNAS["name"]}])

    def publish(self) -> None:
        self.addresses.write_text(json.dumps({"population": self.agency.address}), encoding="utf-8")


@pytest.fixture(params=["soap", "file"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    agency = BehindSoap() if request.param == "soap" else BehindSftp(tmp_path / "drop", format="parquet")
    made = Outside(tmp_path, agency, request.param)
    with override_settings(MIAOPI_CITY=SimpleNamespace(folder=tmp_path), MIAOPI_AGENCIES=str(made.addresses)):
        made.open()
        made.publish()
        yield made
    agency.close()


def test_a_stopped_agency_leaves_facts_open_and_heals_without_a_restart(scene: Outside) -> None:
    known = Known(ANNA.name, "population_basic", NOW)
    assert scene.pull(NAME, seconds=LONG)["population_basic.name"] == known
    scene.agency.stop()
    first, second = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    for now in (first, second, second, second):
        said = scene.pull(NAME, now=now)["population_basic.name"]
        assert said == Unknown(Doubt.UNAVAILABLE, "population_basic", first), "open since the first silence: her case waits"
    assert list_outages() == {SOURCE: first}
    assert [status.silent_since for status in list_sources(now=NOW) if status.resource == "population_basic"] == [first]
    scene.agency.start()
    until(lambda: isinstance(scene.pull(NAME, now=second, seconds=LONG)["population_basic.name"], Known), every=0.1)
    assert list_outages() == {}
    assert [entry["result"] for entry in entries("DataPulled")][:2] == ["found", "silent"]
    assert len(entries("SourceFellSilent")) == len(entries("SourceAnsweredAgain")) == 1
