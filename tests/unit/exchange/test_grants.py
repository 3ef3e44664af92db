"""Grants: seeded from what a package needs, never brought back by seeding, given and revoked by whoever has the right."""

from __future__ import annotations

from pathlib import Path

import pytest

from miaopi.apps.audit.api import person
from miaopi.apps.catalogue.api import seed_catalogue
from miaopi.apps.exchange.api import Grant, approve_grant, list_grants, list_scope, revoke_grant, seed_grants
from miaopi.definitions import ServicePackage, load_service
from miaopi.kernel.errors import InputError, NotFound, RightsError
from tests.unit.exchange.entries import entries
from tests.unit.exchange.scene import KEEPER, NOW

ROOT = Path(__file__).parents[3]


@pytest.fixture
def package() -> ServicePackage:
    seed_catalogue(source=ROOT / "cities/demo/catalogue.yaml", by=KEEPER, now=NOW)
    return load_service(ROOT / "services/no-criminal-record")


def standing(service: str) -> set[str]:
    return {f"{grant.resource}.{grant.field}" for grant in list_grants(service) if grant.revoked_at is None}


def approved(package: ServicePackage, resource: str, field: str) -> Grant:
    return approve_grant(
        service=package.slug, resource=resource, field=field, purpose=package.consent.zh, ground="授权同意", by=KEEPER, now=NOW
    )


def test_a_service_is_granted_what_its_facts_need_and_nothing_else(package: ServicePackage) -> None:
    seeded = seed_grants(package=package, by=KEEPER, now=NOW)
    assert set(seeded) == standing(package.slug)
    assert set(seeded) == set(list_scope(package.definition.sourced))
    assert "population_basic.ethnicity" not in seeded
    (entry,) = entries("GrantsSeeded")
    assert (entry["service"], entry["version"], entry["fields"]) == (package.slug, package.version, list(seeded))


def test_every_grant_says_its_purpose_and_its_lawful_ground(package: ServicePackage) -> None:
    seed_grants(package=package, by=KEEPER, now=NOW)
    assert {grant.purpose for grant in list_grants(package.slug)} == {package.consent.zh}
    assert all(grant.ground for grant in list_grants(package.slug))


def test_seeding_again_changes_nothing_and_brings_back_nothing_revoked(package: ServicePackage) -> None:
    seed_grants(package=package, by=KEEPER, now=NOW)
    first = list_grants(package.slug)[0]
    revoke_grant(grant=first.id, by=KEEPER, now=NOW)
    assert seed_grants(package=package, by=KEEPER, now=NOW) == ()
    assert f"{first.resource}.{first.field}" not in standing(package.slug)
    assert len(entries("GrantsSeeded")) == len(entries("GrantRevoked")) == 1


def test_a_grant_revoked_twice_is_revoked_once(package: ServicePackage) -> None:
    grant = approved(package, "population_basic", "name")
    first = revoke_grant(grant=grant.id, by=KEEPER, now=NOW)
    assert revoke_grant(grant=grant.id, by=KEEPER, now=NOW) == first
    assert len(entries("GrantRevoked")) == 1


def test_a_standing_grant_is_not_given_twice(package: ServicePackage) -> None:
    approved(package, "population_basic", "name")
    with pytest.raises(InputError):
        approved(package, "population_basic", "name")


@pytest.mark.parametrize(("resource", "field"), [("population_basic", "shoe_size"), ("criminal_record", "judgments")])
def test_what_the_catalogue_does_not_share_is_not_granted(package: ServicePackage, resource: str, field: str) -> None:
    with pytest.raises(InputError):
        approved(package, resource, field)


def test_what_is_not_there_is_not_found(package: ServicePackage) -> None:
    with pytest.raises(NotFound):
        approved(package, "no_such_resource", "name")
    with pytest.raises(NotFound):
        revoke_grant(grant="0" * 32, by=KEEPER, now=NOW)


def test_a_citizen_gives_and_takes_no_grants(package: ServicePackage) -> None:
    anna = person("a" * 32)
    with pytest.raises(RightsError):
        seed_grants(package=package, by=anna, now=NOW)
    grant = approved(package, "population_basic", "name")
    with pytest.raises(RightsError):
        revoke_grant(grant=grant.id, by=anna, now=NOW)
