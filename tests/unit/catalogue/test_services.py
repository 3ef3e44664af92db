"""What services pull stands in the city's catalogue: shared, and no less private than the service believes."""

from __future__ import annotations

from pathlib import Path

import pytest

from miaopi.apps.catalogue.adapters.city_file import read_catalogue
from miaopi.apps.catalogue.api import Sharing
from miaopi.definitions import ServicePackage, list_services
from miaopi.definitions.registers import PREFIX, read_registers
from miaopi.kernel.decision import Privacy

CITY = Path(__file__).resolve().parents[3] / "cities" / "demo" / "catalogue.yaml"


@pytest.mark.parametrize("package", list_services(), ids=lambda package: package.slug)
def test_every_field_a_service_pulls_is_shared_and_marked_as_sensitive_where_it_is(package: ServicePackage) -> None:
    catalogued = {field.id: field for field in read_catalogue(CITY).fields}
    registers = read_registers(CITY.with_name("registers.yaml"))
    pulled = {
        name: spec.privacy for spec in package.definition.sourced for source in spec.scope
        for name in (registers[source.partition(".")[0]].list_asked(source) if source.startswith(PREFIX) else (source,))
    }  # fmt: skip
    assert pulled
    for name, privacy in pulled.items():
        assert name in catalogued, f"{name} is not in the catalogue"
        assert catalogued[name].sharing_type != Sharing.NOT_SHARED
        if catalogued[name].privacy == Privacy.SENSITIVE:
            assert privacy is Privacy.SENSITIVE, f"{name} needs a separate consent"
