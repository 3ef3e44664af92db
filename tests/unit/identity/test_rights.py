"""Rights: default deny, and one table, of which a second copy stands here; widening a right needs both."""

from __future__ import annotations

import pytest

from miaopi.apps.audit.api import Actor, ActorKind, person, rule_set, system
from miaopi.apps.identity.api import Right, Role, authorise, list_grants
from miaopi.kernel.errors import RightsError

EXPECTED = {
    "visitor": {"public", "verify_proof"},
    "citizen": {
        "public", "verify_proof", "sign_out*", "give_consent*", "withdraw_consent*", "open_application*", "read_own_application*",
        "withdraw_application*", "change_own_draft*", "confirm_filing*", "ask_review*", "read_own_licence*", "pull_facts*",
    },
    "rule_set": {"decide", "pull_facts"},
    "system": {"public", "verify_proof", "pull_facts", "publish_service", "seed_catalogue", "change_grants"},
}  # a star: her own things only
ACTORS: dict[str, Actor | None] = {
    "visitor": None, "citizen": person("party-1"), "rule_set": rule_set("a-service", "v1"), "system": system("test"),
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


@pytest.mark.parametrize("kind", [ActorKind.STAFF, ActorKind.AGENCY])
@pytest.mark.parametrize("right", list(Right))
def test_an_actor_without_a_part_holds_no_right(kind: ActorKind, right: Right) -> None:
    assert not may(Actor(kind=kind, id="somebody"), right)


def test_a_nameless_actor_is_a_visitor() -> None:
    assert may(person(""), Right.PUBLIC)
    assert not may(person(""), Right.CONFIRM_FILING)


def test_every_right_stands_in_the_table_and_no_line_twice() -> None:
    lines = [(grant.right, grant.role) for grant in list_grants()]
    assert len(lines) == len(set(lines))
    assert {right for right, _ in lines} == set(Right)
    assert {role for _, role in lines} == set(Role)
