"""The catalogue: what the city's file says, and which version of a service is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from demo_city.kept.spec import TENANTS, all_kept
from miaopi.apps.audit.api import person, system
from miaopi.apps.audit.models import Entry
from miaopi.apps.catalogue.api import (
    Sharing,
    find_published,
    find_version,
    get_published,
    get_resource,
    get_resources,
    list_agencies,
    list_published,
    list_resources,
    publish_service,
    seed_catalogue,
)
from miaopi.apps.catalogue.models import Field, ServiceVersion
from miaopi.kernel.decision import Privacy
from miaopi.kernel.errors import DefinitionError, InputError, NotFound, RightsError
from miaopi.kernel.wording import Text

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CITY = Path(__file__).resolve().parents[3] / "cities" / "demo" / "catalogue.yaml"
BY = system("test")
SMALL = """\
agencies:
  residence: {name: {zh: 居住, en: Residence}}
resources:
  residence_permit:
    code: R004
    agency: residence
    name: {zh: 居住证信息, en: Residence permit}
    sharing: {method: query, type: conditional, update_frequency: daily}
    connected: true
    fields:
      permit_no: {zh: 居住证号, en: Permit number, privacy: personal}
      status: {zh: 状态, en: Status, privacy: personal}
"""


@dataclass(frozen=True)
class Packed:
    """A package as far as the catalogue reads one."""

    version: str
    slug: str = "no-criminal-record"
    code: str = "GA-001"
    name: Text = Text(zh="无犯罪记录证明", en="Certificate of no criminal record")
    files: Mapping[str, str] = field(default_factory=dict)


def seed(path: Path = CITY) -> bool:
    return seed_catalogue(source=path, by=BY, now=NOW).is_changed


def written(folder: Path, text: str) -> Path:
    path = folder / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_catalogue_of_the_city_is_there_after_seeding() -> None:
    assert seed()
    assert {agency.id for agency in list_agencies()} == {
        "population", "residence", "criminal", "education", "hr", "civil-affairs", "death", "credit", "real-estate", "platform", *TENANTS,
    }  # fmt: skip
    found = {resource.id: resource for resource in list_resources()}
    assert set(found) - set(all_kept()) == {
        "population_basic", "household_registration", "identity_card", "residence_permit", "residence_registration",
        "criminal_record", "exit_entry_record", "unified_identity", "mandate", "higher_education_diploma", "higher_education_degree",
        "graduate_employment", "talent_introduction", "social_insurance_person", "yinian_card", "old_age_allowance_ledger",
        "death_cancellation", "death_certificate", "cremation", "public_credit", "dishonest_debtor", "real_estate", "hukou_collective",
    }
    assert found["criminal_record"].code == "R006"
    assert found["criminal_record"].agency.name.zh == "公安局刑侦部门"
    assert found["criminal_record"].sensitive_fields == {"condition_met", "judgments"}
    assert found["criminal_record"].fields["condition_met"].privacy is Privacy.SENSITIVE
    assert found["mandate"].code is None
    assert [name for name, resource in found.items() if not resource.is_connected] == ["exit_entry_record"]


def test_what_is_sealed_by_law_is_not_shared_and_says_why() -> None:
    seed()
    field = get_resource("criminal_record").fields["judgments"]
    assert field.sharing_type is Sharing.NOT_SHARED
    assert field.legal_ground == "刑事诉讼法 第二百八十六条"


def test_seeding_twice_changes_nothing() -> None:
    assert seed()
    before = list_resources()
    with CaptureQueriesContext(connection) as statements:
        assert not seed()
    assert list_resources() == before
    assert not [one for one in statements.captured_queries if one["sql"].startswith(("INSERT", "UPDATE"))]


def test_what_the_file_says_differently_is_taken_over(tmp_path: Path) -> None:
    seed(written(tmp_path, SMALL))
    changed = SMALL.replace("Permit number, privacy: personal", "Number of the permit, privacy: sensitive")
    assert seed(written(tmp_path, changed))
    field = get_resource("residence_permit").fields["permit_no"]
    assert field.label.en == "Number of the permit"
    assert field.privacy is Privacy.SENSITIVE


def test_a_field_that_the_file_no_longer_names_is_gone(tmp_path: Path) -> None:
    seed(written(tmp_path, SMALL))
    assert seed(written(tmp_path, SMALL.replace("      status: {zh: 状态, en: Status, privacy: personal}\n", "")))
    assert set(get_resource("residence_permit").fields) == {"permit_no"}


def test_resources_are_read_once_an_edition() -> None:
    seed()
    wanted = ("mandate", "criminal_record", "population_basic")
    with CaptureQueriesContext(connection) as statements:
        assert set(get_resources((*wanted, "nothing"))) == set(wanted)
        assert len(statements) == 3
        assert set(get_resources(wanted)) == set(wanted)
    assert len(statements) == 4


def test_what_was_read_before_a_change_is_read_again_after_it(tmp_path: Path) -> None:
    seed(written(tmp_path, SMALL))
    assert get_resource("residence_permit").fields["permit_no"].label.en == "Permit number"
    seed(written(tmp_path, SMALL.replace("Permit number", "Number of the permit")))
    assert get_resource("residence_permit").fields["permit_no"].label.en == "Number of the permit"


def test_a_resource_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_resource("nothing")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("privacy: secret}", "privacy: personal}", 11, "public, personal, sensitive"),
        ("type: shared", "type: conditional", 8, "unconditional, conditional, not_shared"),
        ("type: not_shared", "type: conditional", 8, "legal ground"),
        ("agency: housing", "agency: residence", 6, "not among the agencies"),
        ("connected: perhaps", "connected: true", 9, "true or false"),
        ("colour: red", "code: R004", 5, "unknown key colour"),
        ("zh: 居住, e: Residence", "zh: 居住, en: Residence", 2, "unknown key e"),
        ("resource:", "resources:", 4, "unknown key resource"),
        ("agencies: [", "agencies:", 3, "no YAML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, wrong: str, right: str, line: int, says: str) -> None:
    path = written(tmp_path, SMALL.replace(right, wrong, 1))
    with pytest.raises(DefinitionError) as caught:
        seed(path)
    assert says in caught.value.message
    assert caught.value.where == f"{path}:{line}"
    assert not Field.objects.exists()


def test_nobody_but_the_system_fills_the_catalogue_or_publishes() -> None:
    with pytest.raises(RightsError):
        seed_catalogue(source=CITY, by=person("anna"), now=NOW)
    with pytest.raises(RightsError):
        publish_service(package=Packed("a"), by=person("anna"), now=NOW)


def test_a_published_service_is_found_by_slug_and_by_code() -> None:
    published = publish_service(package=Packed("a"), by=BY, now=NOW)
    assert get_published("no-criminal-record", NOW) == get_published("GA-001", NOW) == published
    assert published.published_by == BY.id
    assert [service.slug for service in list_published(NOW)] == ["no-criminal-record"]


def test_publishing_the_same_version_twice_is_no_change() -> None:
    first = publish_service(package=Packed("a"), by=BY, now=NOW)
    assert publish_service(package=Packed("a"), by=BY, now=NOW + timedelta(days=1)) == first
    assert ServiceVersion.objects.count() == 1


def test_a_new_version_replaces_the_one_before_it_from_its_day_on() -> None:
    publish_service(package=Packed("a"), by=BY, now=NOW)
    publish_service(package=Packed("b"), by=BY, now=NOW, effective_from=NOW + timedelta(days=7))
    assert get_published("GA-001", NOW + timedelta(days=7, microseconds=-1)).version == "a"
    assert get_published("GA-001", NOW + timedelta(days=7)).version == "b"
    assert [service.version for service in list_published(NOW + timedelta(days=8))] == ["b"]


def test_the_log_says_what_was_seeded_and_published_once() -> None:
    seed()
    seed()
    for _ in range(2):
        publish_service(package=Packed("a"), by=BY, now=NOW)
    entries = [json.loads(entry) for entry in Entry.objects.order_by("id").values_list("entry", flat=True)]
    assert [entry["kind"] for entry in entries] == ["catalogue.CatalogueSeeded", "catalogue.ServicePublished"]
    assert entries[0]["body"]["digest"] == hashlib.sha256(CITY.read_bytes()).hexdigest()
    assert entries[1]["body"]["version"] == "a"


def test_going_back_to_an_old_version_is_a_new_edition() -> None:
    for day, version in enumerate("aba"):
        publish_service(package=Packed(version), by=BY, now=NOW + timedelta(days=day))
    assert [get_published("GA-001", NOW + timedelta(days=day)).version for day in range(3)] == ["a", "b", "a"]
    found = find_version("no-criminal-record", "a")
    assert found is not None
    assert found.edition == 3
    assert find_version("no-criminal-record", "c") is None


@pytest.mark.parametrize("start", [NOW - timedelta(seconds=1), NOW])
def test_what_was_in_force_is_never_rewritten(start: datetime) -> None:
    publish_service(package=Packed("a"), by=BY, now=NOW)
    with pytest.raises(InputError):
        publish_service(package=Packed("b"), by=BY, now=NOW, effective_from=start)


def test_a_service_nobody_published_is_not_found() -> None:
    publish_service(package=Packed("a"), by=BY, now=NOW, effective_from=NOW + timedelta(days=1))
    assert find_published("GA-001", NOW) is None
    with pytest.raises(NotFound):
        get_published("GA-001", NOW)


def test_the_table_itself_refuses_a_field_not_shared_without_a_ground() -> None:
    seed()
    with pytest.raises(IntegrityError):
        Field.objects.filter(id="criminal_record.judgments").update(legal_ground="")
