"""Keys of agencies: made by a steward for her own, seen once, good for a year at most, ended at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from miaopi.apps.audit.api import Actor, ActorKind, system
from miaopi.apps.identity.api import (
    Role,
    add_staff,
    find_bearer,
    issue_agency_key,
    list_tokens,
    remove_staff,
    revoke_agency_key,
    revoke_token,
)
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.wording import Text

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
KEEPER = system("test.keeper")
MONTH = timedelta(days=30)


def member(name: str, office: str, role: Role = Role.STEWARD) -> Actor:
    return add_staff(staff_id=name, name=Text(zh="演示", en="Demo"), role=role, office=office, by=KEEPER, now=NOW).actor


def test_whoever_shows_the_key_acts_for_the_agency_until_it_ends(database: str) -> None:
    by = member("one", "civil-affairs")
    issued = issue_agency_key(label="pension", expires_at=NOW + MONTH, by=by, now=NOW)
    bearer = find_bearer(issued.token, NOW)
    assert bearer is not None and bearer.actor == Actor(kind=ActorKind.AGENCY, id="civil-affairs")
    assert find_bearer(issued.token, NOW + MONTH) is None
    assert issued.token not in repr(issued)
    remove_staff(staff_id="one", by=KEEPER, now=NOW)
    assert find_bearer(issued.token, NOW) is not None  # it is the agency's, not hers


def test_a_steward_ends_keys_of_her_own_agency_alone(database: str) -> None:
    ours, theirs = member("one", "civil-affairs"), member("two", "education")
    issued = issue_agency_key(label="pension", expires_at=NOW + MONTH, by=ours, now=NOW)
    with pytest.raises(NotFound):
        revoke_agency_key(token_id=issued.id, by=theirs, now=NOW)
    for _ in "12":
        revoke_agency_key(token_id=issued.id, by=ours, now=NOW)
    assert find_bearer(issued.token, NOW) is None and list_tokens(agency="civil-affairs", now=NOW) == []


def test_the_operator_can_end_any_key(database: str) -> None:
    issued = issue_agency_key(label="pension", expires_at=NOW + MONTH, by=member("one", "civil-affairs"), now=NOW)
    revoke_token(token_id=issued.id, by=KEEPER, now=NOW)
    assert find_bearer(issued.token, NOW) is None


def test_a_key_needs_a_steward_an_agency_a_label_and_an_end(database: str) -> None:
    by = member("one", "civil-affairs")
    for label, end in (("", MONTH), ("pension", timedelta(days=400)), ("pension", timedelta())):
        with pytest.raises(InputError):
            issue_agency_key(label=label, expires_at=NOW + end, by=by, now=NOW)
    for other in (member("two", ""), member("three", "civil-affairs", Role.OFFICER), KEEPER):
        with pytest.raises(RightsError):
            issue_agency_key(label="pension", expires_at=NOW + MONTH, by=other, now=NOW)
