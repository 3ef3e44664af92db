"""Who may do what: one table, `rights.csv`, of role × act × object; what is not in it is not allowed (ADR 0007)."""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from miaopi.apps.audit.api import Actor, ActorKind
from miaopi.apps.identity.queries.parties import PartyId
from miaopi.kernel.errors import RightsError
from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


class Right(StrEnum):
    """An act on an object. Every route of every surface names one."""

    PUBLIC = "public"
    SIGN_OUT = "sign_out"
    GIVE_CONSENT = "give_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    OPEN_APPLICATION = "open_application"
    READ_OWN_APPLICATION = "read_own_application"
    WITHDRAW_APPLICATION = "withdraw_application"
    CHANGE_OWN_DRAFT = "change_own_draft"
    CONFIRM_FILING = "confirm_filing"
    ASK_REVIEW = "ask_review"
    DECIDE = "decide"
    READ_OWN_LICENCE = "read_own_licence"
    PULL_FACTS = "pull_facts"
    VERIFY_PROOF = "verify_proof"
    PUBLISH_SERVICE = "publish_service"
    SEED_CATALOGUE = "seed_catalogue"
    CHANGE_GRANTS = "change_grants"
    READ_OWN_ACCESSES = "read_own_accesses"
    READ_OWN_MESSAGES = "read_own_messages"
    READ_OWN_PAYMENTS = "read_own_payments"
    BOOK_APPOINTMENT = "book_appointment"
    VERIFY_LICENCE = "verify_licence"
    LIST_CASES = "list_cases"
    READ_CASE = "read_case"
    TAKE_CASE = "take_case"
    DECIDE_CASE = "decide_case"
    LIST_VISITS = "list_visits"
    READ_VISIT = "read_visit"
    TICK_PAPER = "tick_paper"
    READ_LOG = "read_log"
    RUN_PAYMENTS = "run_payments"
    PUSH_RECORDS = "push_records"
    RUN_APPOINTMENTS = "run_appointments"
    CHANGE_STAFF = "change_staff"
    CHANGE_TOKENS = "change_tokens"
    REQUEST_DATA = "request_data"
    DECIDE_AGREEMENT = "decide_agreement"
    RUN_AGREEMENTS = "run_agreements"
    READ_REGISTERS = "read_registers"
    DECIDE_DUPLICATE = "decide_duplicate"
    FILE_DISPUTE = "file_dispute"
    READ_OWN_DISPUTES = "read_own_disputes"
    ANSWER_DISPUTE = "answer_dispute"
    RUN_DISPUTES = "run_disputes"
    REPORT_CORRECTION = "report_correction"
    FORESEE_CORRECTION = "foresee_correction"
    READ_CORRECTIONS = "read_corrections"
    READ_QUALITY = "read_quality"
    READ_IMPACT = "read_impact"
    RUN_REDECISIONS = "run_redecisions"
    RENEW_DEFERRAL = "renew_deferral"
    RELEASE_LOOKS = "release_looks"
    FILE_OBJECTION = "file_objection"
    ANSWER_OBJECTION = "answer_objection"
    RUN_OBJECTIONS = "run_objections"
    CHANGE_AGENCY_KEYS = "change_agency_keys"
    READ_CATALOGUE = "read_catalogue"
    TRY_SANDBOX = "try_sandbox"
    PULL_AS_AGENCY = "pull_as_agency"


class Role(StrEnum):
    """In what part somebody acts. No role is inherited by another: an officer who is a citizen too signs in twice."""

    VISITOR = "visitor"
    CITIZEN = "citizen"
    OFFICER = "officer"
    CLERK = "clerk"
    AUDITOR = "auditor"
    STEWARD = "steward"
    AGENCY = "agency"
    RULE_SET = "rule_set"
    SYSTEM = "system"


class Condition(StrEnum):
    """On whose things: anybody's, or only those of the party who acts."""

    ANY = "any"
    OWN = "own"


@frozen
class Grant:
    """One line of the table."""

    right: Right
    object: str
    act: str
    role: Role
    condition: Condition


ROLES: Final = {
    ActorKind.PERSON: Role.CITIZEN, ActorKind.AGENCY: Role.AGENCY, ActorKind.RULE_SET: Role.RULE_SET, ActorKind.SYSTEM: Role.SYSTEM,
}  # fmt: skip
STAFF_ROLES: Final = {role.value: role for role in (Role.OFFICER, Role.CLERK, Role.AUDITOR, Role.STEWARD)}

NO_RIGHT: Final = Text(zh="您没有办理此事的权限。", en="You have no right to do this.")


def authorise(actor: Actor | None, right: Right, *, owner: PartyId | None = None) -> None:
    """Let pass, or raise RightsError. Nobody (`None`, or a nameless actor) is a visitor.

    Where the table says *own* and `owner` is given, the actor must be that party or act for it. Surfaces gate without an owner and
    look things up with the owner in the WHERE clause, so that another's thing answers like one that is not there.
    """
    role = find_role(actor)
    condition = None if role is None else _table().get((right, role))
    if condition is None:
        raise RightsError(NO_RIGHT)
    if condition is Condition.OWN and owner is not None and (actor is None or owner not in (actor.id, actor.acting_for)):
        raise RightsError(NO_RIGHT)


def find_role(actor: Actor | None) -> Role | None:
    """The one part in which the actor acts; `None` if there is none. Only staff have a role of their own."""
    if actor is None or not actor.id:
        return Role.VISITOR
    if actor.kind is ActorKind.STAFF:
        return STAFF_ROLES.get(actor.role or "")
    return ROLES.get(actor.kind)


@cache
def list_grants() -> tuple[Grant, ...]:
    """The table as it is written. An unknown word in it is an error at the first look."""
    source = files("miaopi.apps.identity.queries").joinpath("rights.csv").read_text(encoding="utf-8")
    return tuple(
        Grant(Right(row["right"]), row["object"], row["act"], Role(row["role"]), Condition(row["condition"]))
        for row in csv.DictReader(source.splitlines())
    )


@cache
def _table() -> dict[tuple[Right, Role], Condition]:
    return {(grant.right, grant.role): grant.condition for grant in list_grants()}
