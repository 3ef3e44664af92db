"""Signing in, staying signed in and signing out. All persons here are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miaopi.apps.audit.api import system
from miaopi.apps.audit.models import Entry
from miaopi.apps.identity.api import (
    Assertion,
    FakeAuthority,
    OpenedSession,
    TooManyAttempts,
    find_party_by_id_number,
    find_party_by_pseudonym,
    find_session,
    get_party,
    pseudonym,
    sign_in,
    sign_out,
    touch_session,
)
from miaopi.apps.identity.models import Account, FailedSignIn, Session, VerifiedIdentity
from miaopi.kernel.errors import InputError, NotFound, UpstreamError

NOW = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)
DOOR = system("test.sign_in")
ANNA = Assertion(
    name="演示·安娜", id_number="11010519491231002X", document_type="resident_id", mobile="13800000000", assurance_level=3, method="demo"
)
BEN = replace(ANNA, name="演示·本", id_number="440300195602290019", mobile="13800000001")


def entered(code: str = "anna", *, now: datetime = NOW, authority: FakeAuthority | None = None, **more: str) -> OpenedSession:
    return sign_in(code=code, by=DOOR, now=now, authority=authority or FakeAuthority({"anna": ANNA, "ben": BEN}), **more)


def fail(times: int, *, code: str = "nobody", origin: str = "", now: datetime = NOW) -> None:
    for _ in range(times):
        with pytest.raises(InputError):
            entered(code, now=now, origin=origin)


def test_a_verified_person_is_signed_in_with_her_level_and_its_method() -> None:
    opened = entered()
    party = get_party(opened.party.id)
    assert (party.name, party.id_number, party.mobile) == (ANNA.name, ANNA.id_number, ANNA.mobile)
    assert (party.assurance_level, party.method, party.verified_at) == (3, "demo", NOW)
    session = find_session(opened.token, NOW)
    assert session is not None
    assert session.party == party
    assert session.actor.id == party.id
    assert session.actor.assurance == 3


def test_signing_in_twice_keeps_one_party() -> None:
    assert entered().party.id == entered(now=NOW + timedelta(days=1)).party.id
    assert Account.objects.count() == VerifiedIdentity.objects.count() == 1


def test_two_persons_are_two_parties_and_named_by_neither_number_nor_name() -> None:
    anna, ben = entered("anna").party, entered("ben").party
    assert anna.id != ben.id
    assert (get_party(anna.id), get_party(ben.id)) == (anna, ben)
    with pytest.raises(NotFound):
        get_party("nobody")
    for known in (anna.id_number, anna.name):
        assert known not in anna.id + pseudonym(anna.id)
    assert find_party_by_pseudonym(pseudonym(anna.id)) == anna.id
    assert find_party_by_pseudonym(anna.id) is None
    assert find_party_by_id_number(anna.id_number) == anna.id


def test_a_first_sign_in_in_two_windows_at_once_keeps_one_party() -> None:
    start, opened = Barrier(4), []

    def enter() -> None:
        start.wait()
        try:
            opened.append(entered().party.id)
        finally:
            connection.close()

    windows = [Thread(target=enter) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(opened) == 4
    assert len(set(opened)) == Account.objects.count() == 1


def test_what_the_authority_says_differently_is_taken_over() -> None:
    before = entered().party
    renamed = replace(ANNA, name="演示·安妮", mobile="13900000000")
    after = entered(now=NOW + timedelta(days=1), authority=FakeAuthority({"anna": renamed})).party
    assert after.id == before.id
    assert (get_party(after.id).name, get_party(after.id).mobile) == ("演示·安妮", "13900000000")
    assert get_party(after.id).verified_at == NOW + timedelta(days=1)


def test_a_lower_case_x_is_the_same_person() -> None:
    typed = replace(ANNA, id_number=ANNA.id_number.lower())
    assert entered().party.id == entered(authority=FakeAuthority({"anna": typed})).party.id


def test_nothing_of_a_person_stands_in_the_clear() -> None:
    opened = entered()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM identity_verifiedidentity t")
        kept = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(t::text, ' ') FROM identity_session t")
        kept += cursor.fetchone()[0]
    for text in (ANNA.id_number, ANNA.name, ANNA.mobile, ANNA.id_number.encode().hex(), ANNA.name.encode().hex(), opened.token):
        assert text not in kept
    assert ANNA.id_number not in repr(opened)
    assert opened.token not in repr(opened)


def test_the_log_says_what_happened_and_no_name_number_code_or_address() -> None:
    first = entered()
    changed = FakeAuthority({"anna": replace(ANNA, mobile="13900000000")})
    second = entered(previous=first.token, origin="192.0.2.7", authority=changed)
    sign_out(token=second.token, by=second.session.actor, now=NOW)
    fail(1, code="guessed code", origin="192.0.2.7")
    entries = [json.loads(entry) for entry in Entry.objects.order_by("id").values_list("entry", flat=True)]
    assert [entry["kind"].removeprefix("identity.") for entry in entries] == [
        "PartyRegistered", "SignedIn", "IdentityChanged", "SignedOut", "SignedIn", "SignedOut", "SignInFailed",
    ]
    assert entries[2]["body"] == {"subject": pseudonym(first.party.id), "fields": ["mobile"]}
    assert {entry["body"]["subject"] for entry in entries[:-1]} == {pseudonym(first.party.id)}
    written = json.dumps(entries, ensure_ascii=False)
    for text in (ANNA.name, ANNA.id_number, ANNA.mobile, "13900000000", "guessed", "192.0.2.7", first.token, second.token):
        assert text not in written


def test_each_session_has_a_token_of_256_bits_of_its_own() -> None:
    tokens = {entered().token for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) == 43 for token in tokens)


@pytest.mark.parametrize("token", ["", "wrong", "0" * 43])
def test_a_token_nobody_was_given_opens_nothing(token: str) -> None:
    entered()
    assert find_session(token, NOW) is None


def test_the_digest_that_is_kept_opens_nothing() -> None:
    entered()
    assert find_session(Session.objects.get().digest, NOW) is None


def test_a_session_ends_after_half_an_hour_of_rest_and_lives_on_when_used() -> None:
    token = entered().token
    assert find_session(token, NOW + timedelta(minutes=29, seconds=59)) is not None
    assert find_session(token, NOW + timedelta(minutes=30)) is None
    touch_session(token=token, by=DOOR, now=NOW + timedelta(minutes=20))
    assert find_session(token, NOW + timedelta(minutes=49)) is not None
    assert find_session(token, NOW + timedelta(minutes=50)) is None


def test_a_session_that_ended_is_not_brought_back_by_use() -> None:
    token = entered().token
    touch_session(token=token, by=DOOR, now=NOW + timedelta(minutes=31))
    assert find_session(token, NOW + timedelta(minutes=31)) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used() -> None:
    token = entered().token
    for minutes in range(10, 12 * 60, 10):
        touch_session(token=token, by=DOOR, now=NOW + timedelta(minutes=minutes))
    assert find_session(token, NOW + timedelta(hours=12, seconds=-1)) is not None
    assert find_session(token, NOW + timedelta(hours=12)) is None


def test_signing_out_ends_the_session_at_once_and_no_other() -> None:
    first, second = entered().token, entered().token
    sign_out(token=first, by=DOOR, now=NOW)
    sign_out(token=first, by=DOOR, now=NOW)
    sign_out(token="nobody's", by=DOOR, now=NOW)
    assert find_session(first, NOW) is None
    assert find_session(second, NOW) is not None


def test_signing_in_again_replaces_the_session_before_it() -> None:
    first = entered()
    second = entered(previous=first.token)
    assert first.token != second.token
    assert find_session(first.token, NOW) is None
    assert find_session(second.token, NOW) is not None


def test_a_session_is_found_in_one_statement() -> None:
    token = entered().token
    with CaptureQueriesContext(connection) as statements:
        session = find_session(token, NOW)
    assert session is not None
    assert session.party.name == ANNA.name
    assert len(statements) == 1


def test_a_party_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_party("nobody")


@pytest.mark.parametrize("code", ["nobody", "", "   ", "a\0b", "x" * 100_000])
def test_an_unknown_code_is_an_input_error_that_does_not_repeat_it(code: str) -> None:
    with pytest.raises(InputError) as caught:
        entered(code)
    assert caught.value.field == "code"
    assert caught.value.remedy.zh
    assert "nobody" not in str(caught.value)
    assert not Session.objects.exists()


def test_after_five_failures_of_a_code_even_the_authority_is_not_asked_for_a_quarter_of_an_hour() -> None:
    fail(5)
    late = FakeAuthority({"nobody": ANNA})
    with pytest.raises(TooManyAttempts) as caught:
        entered("nobody", now=NOW + timedelta(minutes=14, seconds=59), authority=late)
    assert caught.value.status == 429
    assert entered("nobody", now=NOW + timedelta(minutes=15), authority=late).party.name == ANNA.name


def test_four_failures_do_not_lock() -> None:
    fail(4)
    assert entered("nobody", authority=FakeAuthority({"nobody": ANNA}))


def test_the_failures_of_one_code_slow_nobody_else() -> None:
    fail(5)
    assert entered("anna").party.name == ANNA.name


def test_thirty_failures_of_one_origin_slow_it_and_no_other() -> None:
    for code in range(6):
        fail(5, code=f"guess {code}", origin="192.0.2.7")
    with pytest.raises(TooManyAttempts):
        entered("anna", origin="192.0.2.7")
    assert entered("anna", origin="192.0.2.8").party.name == ANNA.name
    assert entered("anna").party.name == ANNA.name


def test_neither_a_code_nor_an_origin_is_kept_in_the_clear() -> None:
    fail(1, code="guessed code", origin="192.0.2.7")
    kept = str(FailedSignIn.objects.values().get())
    assert "guessed" not in kept
    assert "192.0.2.7" not in kept


def test_a_failure_is_forgotten_when_it_no_longer_counts() -> None:
    fail(2)
    fail(1, now=NOW + timedelta(minutes=15))
    assert FailedSignIn.objects.count() == 1


def test_an_authority_that_is_down_signs_nobody_in_and_counts_no_failure() -> None:
    authority = FakeAuthority({"anna": ANNA})
    authority.is_down = True
    with pytest.raises(UpstreamError):
        entered(authority=authority)
    assert not Session.objects.exists()
    assert not FailedSignIn.objects.exists()
