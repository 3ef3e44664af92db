"""Staff accounts, their sessions and tokens. All persons here are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from miaopi.apps.application.api import list_applications
from miaopi.apps.audit.api import ActorKind, person, staff, system
from miaopi.apps.audit.models import Entry
from miaopi.apps.identity.api import (
    Assertion,
    FakeAuthority,
    IssuedToken,
    Member,
    OpenedSession,
    Right,
    Role,
    StaffAssertion,
    add_staff,
    authorise,
    find_bearer,
    find_session,
    is_avoided,
    issue_token,
    list_staff,
    list_tokens,
    remove_staff,
    revoke_token,
    sign_in,
    sign_out,
    touch_session,
)
from miaopi.apps.identity.models import Session, Token
from miaopi.kernel.errors import InputError, NotFound, RightsError
from miaopi.kernel.wording import Text

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
KEEPER = system("test.keeper")
DAY = timedelta(days=1)
ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile="13800000000", assurance_level=3, method="demo"
)
BEN = replace(ANNA, name="演示·本", id_number="440300195602290019", mobile="13800000001")
ZHOU = StaffAssertion(staff_id="officer1", name="周演示", method="demo")
GHOST = StaffAssertion(staff_id="nobody1", name="无此人", method="demo")


def entered(code: str = "officer1", *, now: datetime = NOW) -> OpenedSession:
    authority = FakeAuthority({"officer1": ZHOU, "ghost": GHOST, "anna": ANNA, "ben": BEN})
    return sign_in(code=code, by=system("test.sign_in"), now=now, authority=authority)


@pytest.fixture
def officer(database: str) -> Member:
    return add_staff(
        staff_id="officer1", name=Text(zh="周演示", en="Zhou (demo)"), role=Role.OFFICER, office="综合审批组", queues=("public-security",),
        id_number=ANNA.id_number, close_to=(BEN.id_number,), by=KEEPER, now=NOW,
    )


def issued(**holder: str) -> IssuedToken:
    return issue_token(label="演示", expires_at=NOW + 30 * DAY, by=KEEPER, now=NOW, **holder)


def test_a_member_of_staff_is_signed_in_as_staff_in_the_role_of_her_account(officer: Member) -> None:
    opened = entered()
    session = find_session(opened.token, NOW)
    assert session is not None
    assert (session.member, session.party) == (officer, None)
    assert session.actor == staff("officer1", "officer")
    authorise(session.actor, Right.DECIDE_CASE)
    with pytest.raises(RightsError):
        authorise(session.actor, Right.CONFIRM_FILING)


def test_whoever_is_staff_and_citizen_never_mixes_the_two(officer: Member) -> None:
    at_work, at_home = entered("officer1"), entered("anna")
    assert at_home.session.actor == replace(person(at_home.party.id), assurance=3)
    with pytest.raises(RightsError):
        authorise(at_home.session.actor, Right.LIST_CASES)
    with pytest.raises(RightsError, match="staff account"):
        _ = at_work.party
    assert list_applications(reader=at_work.session.actor) == []


def test_an_authority_that_vouches_for_somebody_without_an_account_lets_nobody_in(officer: Member) -> None:
    with pytest.raises(InputError, match="sign-in code is wrong"):
        entered("ghost")
    assert Session.objects.count() == 0


def test_the_log_names_staff_by_account_and_never_by_name(officer: Member) -> None:
    opened = entered()
    sign_out(token=opened.token, by=opened.session.actor, now=NOW)
    entries = [json.loads(row.entry) for row in Entry.objects.order_by("id")]
    assert [entry["kind"] for entry in entries] == ["identity.StaffAdded", "identity.StaffSignedIn", "identity.StaffSignedOut"]
    assert entries[-1]["actor"] == {"kind": "staff", "id": "officer1", "role": "officer"}
    assert "周" not in json.dumps(entries, ensure_ascii=False)
    assert find_session(opened.token, NOW) is None


def test_a_session_of_staff_ends_as_others_do(officer: Member) -> None:
    token = entered().token
    touch_session(token=token, by=officer.actor, now=NOW + timedelta(minutes=20))
    assert find_session(token, NOW + timedelta(minutes=49)) is not None
    assert find_session(token, NOW + timedelta(minutes=50)) is None


def test_who_leaves_loses_sessions_and_tokens_and_is_not_let_in_again(officer: Member) -> None:
    token, key = entered().token, issued(member="officer1").token
    remove_staff(staff_id="officer1", by=KEEPER, now=NOW + DAY)
    assert remove_staff(staff_id="officer1", by=KEEPER, now=NOW + 2 * DAY).left_at == NOW + DAY
    assert find_session(token, NOW) is None
    assert find_bearer(key, NOW) is None
    assert list_staff() == []
    with pytest.raises(InputError):
        entered()


def test_an_account_added_again_stays_and_is_not_changed_by_it(officer: Member) -> None:
    again = add_staff(
        staff_id="officer1", name=Text(zh="周演示", en="Zhou (demo)"), role=Role.OFFICER, office="综合审批组", queues=["public-security"],
        id_number=ANNA.id_number, close_to=(BEN.id_number,), by=KEEPER, now=NOW + DAY,
    )
    assert again == officer
    with pytest.raises(InputError, match="another account"):
        add_staff(staff_id="officer1", name=Text(zh="别人", en="Other"), role=Role.CLERK, by=KEEPER, now=NOW)


@pytest.mark.parametrize("wrong", [{"staff_id": "Officer 1"}, {"role": Role.CITIZEN}, {"role": Role.SYSTEM}, {"id_number": "123"}])
def test_an_account_that_may_not_stand_is_an_input_error(database: str, wrong: dict[str, object]) -> None:
    fitting = {"staff_id": "officer9", "name": Text(zh="演示", en="Demo"), "role": Role.OFFICER}
    with pytest.raises(InputError):
        add_staff(**{**fitting, **wrong}, by=KEEPER, now=NOW)
    assert list_staff() == []


def test_only_the_house_changes_accounts(officer: Member) -> None:
    for by in (officer.actor, entered("anna").session.actor, staff("steward1", "steward")):
        with pytest.raises(RightsError):
            add_staff(staff_id="friend", name=Text(zh="友", en="Friend"), role=Role.OFFICER, by=by, now=NOW)


def test_an_officer_is_avoided_her_own_case_and_those_of_persons_close_to_her(officer: Member) -> None:
    anna, ben = entered("anna").party, entered("ben").party
    stranger = replace(BEN, id_number="110105194912310038")
    other = sign_in(code="x", by=KEEPER, now=NOW, authority=FakeAuthority({"x": stranger})).party
    assert [is_avoided(member="officer1", party=party.id) for party in (anna, ben, other)] == [True, True, False]


def test_a_token_acts_for_its_one_holder(officer: Member) -> None:
    anna = entered("anna").party
    of_anna, of_staff = find_bearer(issued(party=anna.id).token, NOW), find_bearer(issued(member="officer1").token, NOW)
    assert of_anna is not None
    assert of_staff is not None
    assert (of_anna.actor.kind, of_anna.actor.id, of_anna.actor.assurance) == (ActorKind.PERSON, anna.id, 3)
    assert of_staff.actor == staff("officer1", "officer")
    with pytest.raises(ValueError, match="one holder"):
        issued(party=anna.id, member="officer1")
    with pytest.raises(ValueError, match="one holder"):
        issued()


def test_a_token_stands_nowhere_and_opens_no_session(officer: Member) -> None:
    token = issued(member="officer1").token
    row = Token.objects.get()
    assert token not in {str(value) for value in vars(row).values()}
    assert all(token not in text and row.digest not in text for text in Entry.objects.values_list("entry", flat=True))
    assert token not in repr(issued(member="officer1"))
    assert find_bearer(row.digest, NOW) is None
    assert find_session(token, NOW) is None
    assert find_bearer(entered().token, NOW) is None


def test_a_token_expires_and_is_revoked(officer: Member) -> None:
    one, other = issued(member="officer1"), issued(member="officer1")
    assert find_bearer(one.token, NOW + 30 * DAY - timedelta(seconds=1)) is not None
    assert find_bearer(one.token, NOW + 30 * DAY) is None
    revoke_token(token_id=other.id, by=KEEPER, now=NOW)
    revoke_token(token_id=other.id, by=KEEPER, now=NOW)
    assert find_bearer(other.token, NOW) is None
    assert [each.id for each in list_tokens(member="officer1", now=NOW)] == [one.id]
    assert Entry.objects.filter(kind="identity.TokenRevoked").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"expires_at": NOW}, {"expires_at": NOW + 367 * DAY}, {"label": ""}, {"label": "x" * 81}, {"label": "a\nb"}]
)
def test_a_token_without_end_or_name_is_not_issued(officer: Member, wrong: dict[str, object]) -> None:
    fitting = {"label": "演示", "expires_at": NOW + DAY}
    with pytest.raises(InputError):
        issue_token(member="officer1", **{**fitting, **wrong}, by=KEEPER, now=NOW)


def test_a_person_issues_and_revokes_her_own_tokens_alone(officer: Member) -> None:
    anna, ben = entered("anna"), entered("ben")
    mine = issue_token(party=anna.party.id, label="演示", expires_at=NOW + DAY, by=anna.session.actor, now=NOW)
    for call in (
        lambda: issue_token(party=ben.party.id, label="演示", expires_at=NOW + DAY, by=anna.session.actor, now=NOW),
        lambda: issue_token(member="officer1", label="演示", expires_at=NOW + DAY, by=anna.session.actor, now=NOW),
        lambda: issue_token(member="officer1", label="演示", expires_at=NOW + DAY, by=officer.actor, now=NOW),
    ):
        with pytest.raises(RightsError):
            call()
    with pytest.raises(NotFound):
        revoke_token(token_id=mine.id, by=ben.session.actor, now=NOW)
    revoke_token(token_id=mine.id, by=anna.session.actor, now=NOW)
    assert find_bearer(mine.token, NOW) is None


def test_the_tables_hold_no_session_of_two_or_of_nobody(officer: Member) -> None:
    entered()
    entered("anna")
    of_staff = Session.objects.exclude(staff=None).get()
    of_staff.staff = None
    with pytest.raises(IntegrityError):
        of_staff.save()
