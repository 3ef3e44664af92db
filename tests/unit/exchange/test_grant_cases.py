"""Whether a pull may be had, case by case, from real agencies: a stable code, an entry, and no byte of what was not granted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from demo_city.agencies.modes import Mode
from miaopi.apps.audit.api import Actor, ActorKind, person, staff, system
from miaopi.apps.consent.api import use_up_consents, withdraw_consent
from miaopi.apps.exchange import models
from miaopi.apps.exchange.api import (
    AgencyDuty,
    Duty,
    RefusalCode,
    approve_grant,
    list_grants,
    refuse_agreement,
    resume_agreement,
    revoke_agreement,
    revoke_grant,
    run_agreements,
    suspend_agreement,
)
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.wording import Text
from tests.unit.exchange.case import CANARY, GRANTED, GROUND, KINDS, LATER, PURPOSE, Case, Place
from tests.unit.exchange.entries import entries, entry_text
from tests.unit.exchange.running import NOW
from tests.unit.exchange.scene import KEEPER
from tests.waiting import LONG, until

pytestmark = pytest.mark.xdist_group("agencies")

SECOND = timedelta(seconds=1)
DUTY = Duty("", "", "老年人权益保障法", "第三十三条")
WHY = {"reason": "用途不再需要"}
OFFICE = {"opens": datetime(1, 1, 1, 9).time(), "closes": datetime(1, 1, 1, 18).time()}


def legal(hour: int, minute: int = 0) -> datetime:
    """An hour of the city, told as the platform tells time."""
    return datetime(2026, 11, 25, hour, minute, tzinfo=LEGAL_ZONE).astimezone(UTC)


MIDNIGHT = legal(0) + timedelta(days=1)


def duty(case: Case, article: str = DUTY.article) -> Duty:
    return Duty(case.service, case.application, DUTY.instrument, article)


OURS, THEIRS = (Actor(ActorKind.AGENCY, office) for office in ("civil-affairs", "education"))


def own(case: Case, *, article: str = "", purpose: str = PURPOSE.zh, by: Actor = OURS) -> AgencyDuty:
    """What a system of the department says when it asks for itself."""
    instrument, _, agreed = GROUND.partition(" ")
    return AgencyDuty(case.service, case.application, instrument, article or agreed, purpose, requester=by.id)


def bare(case: Case, field: str = "") -> Case:
    """A grant that the operator gave, under no agreement."""
    kind = case.place.kind
    granted = field or kind.field
    approve_grant(service=case.service, resource=kind.resource, field=granted, purpose=PURPOSE.zh, ground=GROUND, by=KEEPER, now=NOW)
    return case


def planted(case: Case, field: str) -> Case:
    """A grant that stands in the table though no door would have given it."""
    models.Grant.objects.create(
        id=f"{case.number:032d}", service=case.service, resource=case.place.kind.resource, field=field, purpose=PURPOSE.zh, ground=GROUND,
        granted_at=NOW, granted_by="test",
    )  # fmt: skip
    return case


def revoked(case: Case) -> Case:
    (grant,) = list_grants(case.service)
    revoke_grant(grant=grant.id, by=KEEPER, now=NOW)
    return case


def used(case: Case, times: int, at: datetime = NOW) -> Case:
    for _ in range(times):
        assert case.pull(at=at) == ""
    return case


def run(case: Case, at: datetime) -> Case:
    run_agreements(by=system("test"), now=at)
    return case


def broken(case: Case) -> Case:
    """The filter names a field that the resource no longer has."""
    models.Agreement.objects.filter(id=case.agreements[-1].id).update(row_filter="gone = 1")
    return case


def withdrawn(case: Case, at: datetime = NOW) -> str:
    receipt = case.consent()
    withdraw_consent(receipt=receipt, by=person(case.place.anna), now=at)
    return receipt


def used_up(case: Case, at: datetime = NOW) -> str:
    receipt = case.consent()
    use_up_consents(application=case.application, by=system("test"), now=at)
    return receipt


Told = Callable[[Case], str]
CASES: list[tuple[str, str, Told]] = [
    ("granted", "", lambda c: c.agree().pull()),
    ("granted with another field", "", lambda c: c.agree(fields=both(c)).pull(c.place.kind.second, c.place.kind.field)),
    ("first moment of the term", "", lambda c: c.agree(starts_at=NOW).pull()),
    ("last moment of the term", "", lambda c: c.agree(ends_at=NOW + SECOND).pull()),
    ("first minute of the hours", "", lambda c: c.agree(**OFFICE).pull(at=legal(9))),
    ("last minute of the hours", "", lambda c: c.agree(**OFFICE).pull(at=legal(17, 59))),
    ("last call of the day", "", lambda c: used(c.agree(daily_quota=2), 1).pull()),
    ("first call of the next day", "", lambda c: used(c.agree(daily_quota=1), 1).pull(at=legal(0) + timedelta(days=1))),
    ("last call in all", "", lambda c: used(c.agree(total_quota=2), 1).pull()),
    ("row inside the filter", "", lambda c: c.agree(row_filter=c.place.kind.inside).pull()),
    ("resumed", "", lambda c: c.agree().do(suspend_agreement, **WHY).do(resume_agreement).pull()),
    ("narrowed to this field", "", lambda c: c.agree(fields=both(c), narrow={"fields": (c.place.kind.field,)}).pull()),
    ("another agreement stands", "", lambda c: c.agree(ends_at=NOW - SECOND).agree().pull()),
    ("the quota of one is spent, the other has none", "", lambda c: used(c.agree(total_quota=1), 1).agree().pull()),
    ("the narrower of two is suspended", "",
     lambda c: c.agree().agree(row_filter=c.place.kind.inside).do(suspend_agreement, **WHY).pull()),
    ("a duty", "", lambda c: c.agree(purpose=DUTY.duty).pull(ground=duty(c), by=system("test"))),
    ("a grant of the operator", "", lambda c: bare(c).pull()),
    ("a system of the department that asked", "", lambda c: c.agree().pull(ground=own(c), by=OURS)),
    ("the system for a waiting case", "", lambda c: c.agree().pull(by=system("approval.retry_waiting"))),
    # no grant
    ("nothing was ever asked for", "no_grant", lambda c: c.pull()),
    ("asked for and not decided", "no_grant", lambda c: c.ask().pull()),
    ("refused by the steward", "no_grant", lambda c: c.ask().do(refuse_agreement, **WHY).pull()),
    ("granted to another service", "no_grant", lambda c: c.agree(service="another-service").pull()),
    ("granted on another resource", "no_grant", lambda c: c.agree(resource="identity_card", fields=("valid_to",)).pull()),
    ("granted to this service, asked on another resource", "no_grant", lambda c: c.agree().pull("valid_to", resource="identity_card")),
    ("a system of another department", "no_grant", lambda c: c.agree().pull(ground=own(c, by=THEIRS), by=THEIRS)),
    ("a system of another department, in the name of the first", "no_grant", lambda c: c.agree().pull(ground=own(c), by=THEIRS)),
    ("a system of a department, where the operator gave a grant", "no_grant", lambda c: bare(c).pull(ground=own(c), by=OURS)),
    # purpose
    ("consent for another purpose", "wrong_purpose", lambda c: c.agree().pull(receipt=c.consent(purpose=Text(zh="营销", en="Ads")))),
    ("granted for another purpose", "wrong_purpose", lambda c: c.agree(purpose="统计").pull()),
    ("another article of the duty", "wrong_purpose",
     lambda c: c.agree(purpose=DUTY.duty).pull(ground=duty(c, "第一条"), by=system("test"))),
    ("granted for the duty, asked on consent", "wrong_purpose", lambda c: c.agree(purpose=DUTY.duty).pull()),
    ("granted on consent, asked for the duty", "wrong_purpose", lambda c: c.agree().pull(ground=duty(c), by=system("test"))),
    ("a system, for another purpose", "wrong_purpose", lambda c: c.agree().pull(ground=own(c, purpose="统计"), by=OURS)),
    ("a system, on another law", "wrong_ground", lambda c: c.agree().pull(ground=own(c, article="第一条"), by=OURS)),
    # fields
    ("another field of the resource", "field_not_granted", lambda c: c.agree().pull(c.place.kind.ungranted)),
    ("one of two fields", "field_not_granted", lambda c: c.agree(fields=(c.place.kind.second,)).pull(c.place.kind.ungranted)),
    ("narrowed away", "field_not_granted",
     lambda c: c.agree(fields=(*both(c), c.place.kind.ungranted), narrow={"fields": both(c)}).pull(c.place.kind.ungranted)),
    ("not shared", "not_shared", lambda c: c.agree().pull(c.place.kind.kept)),
    ("not shared, with a planted grant", "not_shared", lambda c: planted(c, c.place.kind.kept).pull(c.place.kind.kept)),
    ("no such field", "field_unknown", lambda c: c.agree().pull("shoe_size")),
    ("no such field, with a planted grant", "field_unknown", lambda c: planted(c, "shoe_size").pull("shoe_size")),
    ("no such resource", "field_unknown", lambda c: c.agree().pull("thing", resource="no_such")),
    ("nobody is connected", "not_connected",
     lambda c: c.agree(resource="described", fields=("thing",)).pull("thing", resource="described")),
    ("no source has the field", "not_connected",
     lambda c: c.agree(fields=(c.place.kind.field, "unanswered")).pull(c.place.kind.field, "unanswered")),
    # time
    ("expired a second ago", "expired", lambda c: c.agree(ends_at=NOW - SECOND).pull()),
    ("expired at this moment", "expired", lambda c: c.agree(ends_at=NOW).pull()),
    ("shortened, and so expired", "expired", lambda c: c.agree(narrow={"ends_at": NOW - SECOND}).pull()),
    ("expired, and written down", "expired", lambda c: run(c.agree(ends_at=NOW - SECOND), NOW).pull()),
    ("expired while suspended", "expired", lambda c: c.agree(ends_at=NOW - SECOND).do(suspend_agreement, **WHY).pull()),
    ("begins in a second", "not_begun", lambda c: c.agree(starts_at=NOW + SECOND).pull()),
    ("begins next month", "not_begun", lambda c: c.agree(narrow={"starts_at": NOW + LATER - SECOND}).pull()),
    ("before the hours", "outside_hours", lambda c: c.agree(**OFFICE).pull(at=legal(8, 59))),
    ("at the end of the hours", "outside_hours", lambda c: c.agree(**OFFICE).pull(at=legal(18))),
    ("at night", "outside_hours", lambda c: c.agree(**OFFICE).pull(at=legal(2))),
    ("hours narrowed", "outside_hours", lambda c: c.agree(narrow=OFFICE).pull(at=legal(20))),
    # taken back
    ("revoked a second ago", "revoked", lambda c: c.agree().do(revoke_agreement, at=NOW - SECOND, **WHY).pull()),
    ("revoked at this moment", "revoked", lambda c: c.agree().do(revoke_agreement, **WHY).pull()),
    ("revoked after a pull", "revoked", lambda c: used(c.agree(), 1).do(revoke_agreement, **WHY).pull(at=NOW + SECOND)),
    ("revoked while suspended", "revoked", lambda c: c.agree().do(suspend_agreement, **WHY).do(revoke_agreement, **WHY).pull()),
    ("two agreements, both revoked", "revoked",
     lambda c: c.agree().do(revoke_agreement, **WHY).agree().do(revoke_agreement, **WHY).pull()),
    ("a grant of the operator, revoked", "revoked", lambda c: revoked(bare(c)).pull()),
    ("one grant of an agreement revoked", "revoked", lambda c: revoked(c.agree()).pull()),
    ("suspended", "suspended", lambda c: c.agree().do(suspend_agreement, **WHY).pull()),
    ("suspended a second ago, after a pull", "suspended",
     lambda c: used(c.agree(), 1).do(suspend_agreement, at=NOW - SECOND, **WHY).pull()),
    ("suspended with a quota", "suspended", lambda c: c.agree(daily_quota=5).do(suspend_agreement, **WHY).pull()),
    # quotas
    ("the day is spent", "daily_quota_spent", lambda c: used(c.agree(daily_quota=1), 1).pull()),
    ("the day is spent, at its last minute", "daily_quota_spent",
     lambda c: used(c.agree(daily_quota=1), 1, legal(8)).pull(at=legal(23, 59))),
    ("the next day is spent, with a call that began before midnight", "daily_quota_spent",
     lambda c: used(used(c.agree(daily_quota=2), 1, MIDNIGHT), 1, MIDNIGHT - SECOND).pull(at=MIDNIGHT)),
    ("the day is spent in both agreements", "daily_quota_spent",
     lambda c: used(c.agree(daily_quota=1).agree(daily_quota=1), 2).pull()),
    ("all is spent", "total_quota_spent", lambda c: used(c.agree(total_quota=2), 2).pull()),
    ("all is spent, on another day", "total_quota_spent", lambda c: used(c.agree(total_quota=1), 1).pull(at=NOW + timedelta(days=1))),
    ("quota narrowed", "total_quota_spent", lambda c: used(c.agree(total_quota=9, narrow={"total_quota": 1}), 1).pull()),
    # rows
    ("row outside the filter", "row_outside", lambda c: c.agree(row_filter=c.place.kind.inside).pull(subject=c.place.ben)),
    ("narrowed to rows that are not hers", "row_outside",
     lambda c: c.agree(narrow={"row_filter": c.place.kind.inside}).pull(subject=c.place.ben)),
    ("the filter no longer fits", "filter_broken", lambda c: broken(c.agree(row_filter=c.place.kind.inside)).pull()),
    # consent
    ("no such consent", "consent_missing", lambda c: c.agree().pull(receipt="0" * 32)),
    ("consent withdrawn", "consent_withdrawn", lambda c: c.agree().pull(receipt=withdrawn(c))),
    ("consent withdrawn a second ago", "consent_withdrawn", lambda c: c.agree().pull(receipt=withdrawn(c, NOW - SECOND))),
    ("consent used up", "consent_used_up", lambda c: c.agree().pull(receipt=used_up(c))),
    ("consent used up a second ago", "consent_used_up", lambda c: c.agree().pull(receipt=used_up(c, NOW - SECOND))),
    ("consent expired", "consent_expired", lambda c: c.agree().pull(receipt=c.consent(expires_at=NOW - SECOND))),
    ("consent expires at this moment", "consent_expired", lambda c: c.agree().pull(receipt=c.consent(expires_at=NOW))),
    ("consent of another person", "consent_other_person", lambda c: c.agree().pull(receipt=c.consent(applicant=c.place.ben))),
    ("consent to another service", "consent_other_service", lambda c: c.agree().pull(receipt=c.consent(service="another-service"))),
    ("consent for another application", "consent_other_application", lambda c: c.agree().pull(receipt=c.consent(application="20261125-X"))),
    ("consent to other fields", "consent_scope",
     lambda c: c.agree().pull(receipt=c.consent(scope=(f"{c.place.kind.resource}.{c.place.kind.ungranted}",), separate=()))),
    ("no separate consent", "consent_separate",
     lambda c: c.agree(fields=both(c)).pull(c.place.kind.second, receipt=c.consent(separate=()))),
    # actors
    ("another person", "no_right", lambda c: c.agree().pull(by=person(c.place.ben))),
    ("an officer", "no_right", lambda c: c.agree().pull(by=staff("officer1", "officer"))),
    ("the steward who asked", "no_right", lambda c: c.agree().pull(by=staff("asker", "steward"))),
    ("a system, on a consent", "no_right", lambda c: c.agree().pull(by=OURS)),
    ("a person, as a system does", "no_right", lambda c: c.agree().pull(ground=own(c))),
    ("the agency itself", "no_right", lambda c: c.agree().pull(by=Actor(ActorKind.AGENCY, c.place.kind.agency))),
    ("another agency", "no_right", lambda c: c.agree().pull(by=Actor(ActorKind.AGENCY, "education"))),
    ("a visitor", "no_right", lambda c: c.agree().pull(by=Actor(ActorKind.PERSON, ""))),
]  # fmt: skip


def both(case: Case) -> tuple[str, str]:
    return (case.place.kind.field, case.place.kind.second)


@pytest.fixture(params=list(KINDS))
def place(request: pytest.FixtureRequest, agency_server: str, tmp_path: Path) -> Iterator[Place]:
    made = Place(KINDS[request.param], agency_server, tmp_path)
    with override_settings(**made.settings):
        made.open()
        yield made
    made.close()


def test_each_case_has_its_code_its_entry_and_no_ungranted_byte(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    found, faults = {}, []
    for number, (name, _, told) in enumerate(CASES):
        case = Case(place, number)
        place.wire.forget()
        found[name] = told(case)
        faults += [f"{name}: {fault}" for fault in faults_of(case, found[name])]
    assert found == {name: code for name, code, _ in CASES}
    assert faults == []
    ours = {code for code in RefusalCode if code.family != "source"}  # those of a source: test_gateway_pull, test_upstream
    assert len(CASES) >= 60 and {code for _, code, _ in CASES} == {"", *ours}
    assert CANARY not in entry_text() + caplog.text


def side_by_side(pull: Callable[[], object], threads: int) -> list[threading.Thread]:
    """So many threads at it, each with a connection of its own."""

    def run_one() -> None:
        pull()
        connection.close()

    running = [threading.Thread(target=run_one) for _ in range(threads)]
    for thread in running:
        thread.start()
    return running


@pytest.mark.parametrize("place", ["sql"], indirect=True)
def test_the_last_calls_of_a_quota_are_had_once_however_many_ask_at_once(place: Place) -> None:
    case = Case(place, 0).agree(total_quota=3)
    receipt, told = case.consent(), list[str]()
    for thread in side_by_side(lambda: told.append(case.pull(receipt=receipt)), 8):
        thread.join(timeout=LONG)
    assert sorted(told) == ["", "", ""] + ["total_quota_spent"] * 5


@pytest.mark.parametrize("place", ["sql"], indirect=True)
def test_a_revocation_under_load_leaves_nothing_a_second_later_and_nothing_to_whoever_asks_after_it(place: Place) -> None:
    case = Case(place, 0).agree()
    receipt, stop, told = case.consent(), threading.Event(), list[tuple[float, float, str]]()

    def ask_on() -> None:
        while not stop.is_set():
            begun = time.monotonic()
            code = case.pull(receipt=receipt)
            told.append((begun, time.monotonic(), code))

    running = side_by_side(ask_on, 3)
    until(lambda: len(told) >= 10, every=0.01)
    case.do(revoke_agreement, **WHY)
    revoked_at, before = time.monotonic(), len(told)
    until(lambda: len(told) >= before + 20, every=0.01)
    stop.set()
    for thread in running:
        thread.join(timeout=LONG)
    assert {code for _, ended, code in told if ended < revoked_at} >= {""}
    assert {code for begun, _, code in told if begun > revoked_at} == {"revoked"}
    assert not [ended for _, ended, code in told if not code and ended > revoked_at + 1]


def faults_of(case: Case, code: str) -> Iterator[str]:
    """What a case left behind that it should not have, or did not leave and should have."""
    asked, answered = case.place.wire.asked.decode("utf-8", "replace"), case.place.wire.answered.decode("utf-8", "replace")
    of_case = [entry for entry in entries("PullRefused") if entry["application"] == case.application]
    looks = [entry for entry in entries("DataPulled") if entry["application"] == case.application]
    if code and [entry["code"] for entry in of_case] != [code]:
        yield f"entries {[entry['code'] for entry in of_case]}"
    if not code and (of_case or not looks):
        yield "a look that was allowed left no entry, or a refusal"
    if CANARY in "".join(case.said):
        yield "a canary was said"
    kind = case.place.kind
    if kind.ungranted in asked or kind.kept in asked:
        yield "an ungranted field was asked for"
    if CANARY in answered.replace(GRANTED, ""):
        yield "a canary crossed"
    if code and not looks and (asked or answered):
        yield "a byte went to the agency"
    if code and GRANTED in answered and not any(entry["result"] == "found" for entry in looks):
        yield "a value crossed in vain"
    if code == RefusalCode.ROW_OUTSIDE and kind.inside.split()[0] not in asked:
        yield "rows were not cut at the source"


def test_of_a_predicate_the_truth_alone_crosses_and_the_value_stays_ungranted(place: Place) -> None:
    case = Case(place, 0).agree(fields=("is_so",))
    place.wire.forget()
    assert case.pull("is_so") == ""
    assert "Known(value=True" in case.said[-1]
    answered = place.wire.answered.decode("utf-8", "replace")
    assert "is_so" in answered and place.kind.value not in answered and CANARY not in answered
    (entry,) = entries("DataPulled")
    assert (entry["fields"], entry["predicates"]) == (["is_so"], [f"is_so: {place.kind.predicate}"])
    assert case.pull("is_so", subject=place.ben) == "" and "Known(value=False" in case.said[-1]
    assert case.pull() == "field_not_granted"


@pytest.mark.parametrize("place", ["http"], indirect=True)
def test_what_was_revoked_while_the_agency_thinks_is_not_handed_on(place: Place) -> None:
    case = Case(place, 0).agree()
    receipt = case.consent()
    place.agency.turn(Mode.SLOW)
    place.wire.forget()
    told: list[str] = []
    (asking,) = side_by_side(lambda: told.append(case.pull(receipt=receipt)), 1)
    until(lambda: place.wire.asked, every=0.01)
    case.do(revoke_agreement, **WHY)
    place.agency.turn(Mode.UP)
    asking.join(timeout=LONG)
    assert told == ["revoked"]
    assert GRANTED in place.wire.answered.decode("utf-8", "replace")
    assert CANARY not in "".join(case.said)
    assert [entry["code"] for entry in entries("PullRefused")] == ["revoked"]
    assert [entry["result"] for entry in entries("DataPulled")] == ["found"]
