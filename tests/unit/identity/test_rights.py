"""Rights: default deny, and one table, of which a second copy stands here; widening a right needs both."""

from __future__ import annotations

import pytest

from miaopi.apps.audit.api import Actor, ActorKind, person, rule_set, staff, system
from miaopi.apps.identity.api import Right, Role, authorise, list_grants
from miaopi.kernel.errors import RightsError

EXPECTED = {
    "visitor": {"public", "verify_proof", "verify_licence"},
    "citizen": {
        "public", "verify_proof", "verify_licence", "sign_out*", "give_consent*", "withdraw_consent*", "open_application*",
        "read_own_application*",
        "withdraw_application*", "change_own_draft*", "confirm_filing*", "ask_review*", "read_own_licence*", "pull_facts*",
        "read_own_accesses*", "read_own_messages*", "read_own_payments*", "book_appointment*", "change_tokens*",
        "file_dispute*", "read_own_disputes*", "file_objection*",
    },
    "officer": {"public", "verify_proof", "verify_licence", "sign_out*", "list_cases", "read_case", "take_case", "decide_case"},
    "clerk": {"public", "verify_proof", "verify_licence", "sign_out*", "list_visits", "read_visit", "tick_paper"},
    "auditor": {"public", "verify_proof", "verify_licence", "sign_out*", "read_log", "renew_deferral", "release_looks"},
    "steward": {
        "public", "verify_proof", "verify_licence", "sign_out*", "request_data", "decide_agreement", "read_registers",
        "decide_duplicate", "answer_dispute", "report_correction", "read_quality", "answer_objection", "change_agency_keys", "try_sandbox",
        "read_catalogue", "foresee_correction", "read_corrections",
    },
    "agency": {
        "read_catalogue", "try_sandbox", "pull_as_agency", "report_correction", "foresee_correction", "read_corrections",
    },
    "rule_set": {"decide", "pull_facts"},
    "system": {
        "public", "verify_proof", "verify_licence", "pull_facts", "publish_service", "seed_catalogue", "change_grants",
        "run_payments", "push_records", "run_appointments", "change_staff", "change_tokens", "run_agreements",
        "run_disputes", "read_impact", "run_redecisions", "run_objections",
    },
}  # a star: her own things only
ACTORS: dict[str, Actor | None] = {
    "visitor": None, "agency": Actor(kind=ActorKind.AGENCY, id="population"),
    "citizen": person("party-1"), "rule_set": rule_set("a-service", "v1"), "system": system("test"),
    **{role: staff(f"{role}-1", role) for role in ("officer", "clerk", "auditor", "steward")},
}


def may(actor: Actor | None, right: Right, owner: str | None = None) -> bool:
    try:
        authorise(actor, right, owner=owner)
    except RightsError:
        return False
    return True


@pytest.mark.parametrize("role", EXPECTED)
@pytest.mark.parametrize("right", list(Right))
def test_a_role_holds_the_rights_of_the_second_copy_and_no_other(role: str, right: Right) -> None:
    assert may(ACTORS[role], right) == bool({right.value, f"{right.value}*"} & EXPECTED[role])


@pytest.mark.parametrize("right", list(Right))
def test_what_is_her_own_is_nobody_elses(right: Right) -> None:
    starred = f"{right.value}*" in EXPECTED["citizen"]
    plain = right.value in EXPECTED["citizen"]
    assert may(ACTORS["citizen"], right, owner="party-1") == (starred or plain)
    assert may(ACTORS["citizen"], right, owner="party-2") == plain


@pytest.mark.parametrize("right", list(Right))
def test_a_member_of_staff_without_a_role_holds_no_right(right: Right) -> None:
    assert not may(Actor(kind=ActorKind.STAFF, id="somebody"), right)


@pytest.mark.parametrize("role", ["citizen", "system", "rule_set", "visitor", "OFFICER", ""])
def test_staff_hold_no_part_that_is_not_a_staff_role(role: str) -> None:
    assert not any(may(staff("somebody", role), right) for right in Right)


def test_a_citizen_who_names_a_role_stays_a_citizen() -> None:
    assert not may(Actor(kind=ActorKind.PERSON, id="party-1", role="officer"), Right.DECIDE_CASE)


def test_a_nameless_actor_is_a_visitor() -> None:
    assert may(person(""), Right.PUBLIC)
    assert not may(person(""), Right.CONFIRM_FILING)


def test_every_right_stands_in_the_table_and_no_line_twice() -> None:
    lines = [(grant.right, grant.role) for grant in list_grants()]
    assert len(lines) == len(set(lines))
    assert {right for right, _ in lines} == set(Right)
    assert {role for _, role in lines} == set(Role)
