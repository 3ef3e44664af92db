"""Decisions, cases that wait or are with a person, requests for a person, claims, and what is decided again, as they are kept."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class DecisionRow(models.Model):
    """One decision of a rule set, or of a person: then `decided_by` is her staff id, `confirmed_by` that of the second.

    `statement` is what its receipt states (`kernel.receipt`): canonical bytes, digests for facts.
    `kept` is what stands beside it, sealed: facts, values and the salt of the digests; empty after retention.

    `round` is the confirmation it answers, `attempt` 0 for the decision at once and one more each time a waiting case
    was decided again, or a person decided: the pair is unique for an application, so no filing is decided twice. The row
    that counts is the last one `standing`; earlier ones stay on record. Not standing is what the rules said again on a corrected
    record and what has no effect: nothing changed, or a person must decide first.

    `used` are the records it rests on, as keyed digests (`queries.impact`).
    """

    id = models.CharField(primary_key=True, max_length=32)
    number = models.CharField(max_length=18)
    round = models.PositiveSmallIntegerField()
    attempt = models.PositiveIntegerField(default=0)
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    applicant = models.CharField(max_length=64)
    as_of = models.DateField()
    outcome = models.CharField(max_length=16)
    reason_codes = ArrayField(models.CharField(max_length=40), default=list)
    statement = models.BinaryField()
    receipt_digest = models.CharField(max_length=64)
    kept = models.BinaryField(null=True)
    decided_at = models.DateTimeField()
    signature = models.BinaryField(null=True)
    signed_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=32, blank=True, default="")
    confirmed_by = models.CharField(max_length=32, blank=True, default="")
    standing = models.BooleanField(default=True)
    used = ArrayField(models.BigIntegerField(), default=list)

    class Privacy:
        public = ("id", "number", "round", "attempt", "service", "version", "as_of", "receipt_digest", "decided_at", "signature",
                  "signed_at", "decided_by", "confirmed_by", "standing")
        personal = ("applicant", "outcome", "reason_codes", "statement", "kept", "used")
        secret = ()

    class Meta:
        app_label = "approval"
        db_table = "approval_decision"
        constraints = [
            models.UniqueConstraint(fields=["number", "round", "attempt"], name="approval_decided_once"),
        ]
        indexes = [GinIndex(fields=["used"], name="approval_decision_used", fastupdate=False)]


class Waiting(models.Model):
    """A case that waits for silent sources, or, where `sources` is empty, for a lawful period. `due_at` is when it is looked at
    again, `patience_until` when a person takes what is still silent.

    `sources` names the silent resources; cases that wait for the same ones are probed by one of them. `kept` is what the
    sources that answered since have said, sealed, so that none is asked twice.
    """

    number = models.CharField(primary_key=True, max_length=18)
    decision = models.ForeignKey(DecisionRow, on_delete=models.PROTECT, db_index=False)
    sources = ArrayField(models.CharField(max_length=80))
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    patience_until = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    receipt = models.CharField(max_length=64)
    kept = models.BinaryField(null=True)

    class Privacy:
        public = ("number", "decision", "sources", "since", "due_at", "patience_until", "attempts")
        personal = ("receipt", "kept")
        secret = ()

    class Meta:
        app_label = "approval"
        indexes = [models.Index(fields=["due_at"], name="approval_waiting_due")]


class Review(models.Model):
    """复核: the applicant asks that a person look at an automatic decision, once for each.

    `answer` is the decision row that upholds it or takes its place; `result` says which: `upheld` or `replaced`.
    """

    id = models.CharField(primary_key=True, max_length=32)
    decision = models.OneToOneField(DecisionRow, on_delete=models.PROTECT)
    number = models.CharField(max_length=18)
    requested_at = models.DateTimeField()
    answer = models.OneToOneField(DecisionRow, on_delete=models.PROTECT, related_name="answers", null=True)
    result = models.CharField(max_length=10, blank=True, default="")

    class Privacy:
        public = ("id", "decision", "number", "requested_at", "answer", "result")
        personal = ()
        secret = ()

    class Meta:
        app_label = "approval"


class Referral(models.Model):
    """A case with a person. One is open for a case at a time; `kind` is `referral`, `review` of what was decided, or `correction`:
    on a corrected record the rules say otherwise than what stands.

    `due_at` is kept by the working-day clock; while `stopped_at` is set – a supplement is out – the clock stands, with
    `days_left` working days on it. `taken_by` holds the case until `lease_until`; after that it is free by itself.
    `proposed_by` decided a case that takes two officers and waits for another one to confirm.
    """

    id = models.CharField(primary_key=True, max_length=32)
    number = models.CharField(max_length=18)
    kind = models.CharField(max_length=10)
    decision = models.ForeignKey(DecisionRow, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    applicant = models.CharField(max_length=64)
    queue = models.CharField(max_length=80)
    reason_codes = ArrayField(models.CharField(max_length=40), default=list)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    days_left = models.PositiveSmallIntegerField(null=True)
    taken_by = models.CharField(max_length=32, blank=True, default="")
    taken_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=32, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_for = models.CharField(max_length=12, blank=True, default="")

    class Privacy:
        public = ("id", "number", "kind", "decision", "service", "version", "queue", "opened_at", "due_at", "stopped_at", "days_left",
                  "taken_by", "taken_at", "lease_until", "proposed_by", "closed_at", "closed_for")
        personal = ("applicant", "reason_codes")
        secret = ()

    class Meta:
        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=models.Q(closed_at=None), name="approval_referred_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["referral", "review", "correction"]), name="approval_referral_kind"),
        ]
        indexes = [models.Index(fields=["queue", "due_at"], condition=models.Q(closed_at=None), name="approval_queue")]


class Proposal(models.Model):
    """What the first of two officers decided; `content` is reason, basis and values, sealed. `answer`: confirmed or returned."""

    id = models.CharField(primary_key=True, max_length=32)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="proposals")
    number = models.CharField(max_length=18)
    outcome = models.CharField(max_length=16)
    content = models.BinaryField()
    proposed_by = models.CharField(max_length=32)
    proposed_at = models.DateTimeField()
    answered_by = models.CharField(max_length=32, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Privacy:
        public = ("id", "referral", "number", "proposed_by", "proposed_at", "answered_by", "answered_at", "answer")
        personal = ("outcome", "content", "note")
        secret = ()

    class Meta:
        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["referral"], condition=models.Q(answered_at=None), name="approval_proposed_once"),
        ]


class Claim(models.Model):
    """One place that one case can hold: of a `kind`, for the party `key`. The row is the claim; released, it is gone."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    number = models.CharField(max_length=18, db_index=True)
    taken_at = models.DateTimeField()

    class Privacy:
        public = ("id", "kind", "number", "taken_at")
        personal = ("key",)
        secret = ()

    class Meta:
        app_label = "approval"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="approval_claimed_once")]


class RedecisionState(StrEnum):
    """What became of a decision that used a corrected record."""

    DUE = "due"  # it is decided again as soon as the source answers
    UNCHANGED = "unchanged"
    CHANGED = "changed"  # the new decision is in effect
    REFERRED = "referred"  # a person decides; until then the old one stands
    UPHELD = "upheld"  # … and let it stand
    REPLACED = "replaced"  # … and decided anew
    UNTOUCHED = "untouched"  # it rests on other fields of the record
    SUPERSEDED = "superseded"  # another decision of the case counts, and is decided again
    OPEN = "open"  # the applicant has the floor: when she confirms, everything is asked again
    WITHDRAWN = "withdrawn"
    ERASED = "erased"  # after retention nothing is left to decide on


class Redecision(models.Model):
    """A decision that used a corrected record, and what became of it. `answer` is the decision beside it; both are kept.

    `due_at` is when it is tried (again), `attempts` how often its source was silent.
    """

    id = models.BigAutoField(primary_key=True)
    correction = models.CharField(max_length=32)
    decision = models.ForeignKey(DecisionRow, on_delete=models.PROTECT, related_name="redecisions")
    number = models.CharField(max_length=18)
    state = models.CharField(max_length=10)
    answer = models.ForeignKey(DecisionRow, on_delete=models.PROTECT, related_name="answered", null=True, db_index=False)
    noted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "correction", "decision", "number", "state", "answer", "noted_at", "due_at", "attempts", "done_at")
        personal = ()
        secret = ()

    class Meta:
        app_label = "approval"
        constraints = [
            models.UniqueConstraint(fields=["correction", "decision"], name="approval_redecided_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RedecisionState]), name="approval_redecision_state"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="due"), name="approval_redecision_due"),
            models.Index(fields=["number"], condition=models.Q(state="referred"), name="approval_redecision_case"),
        ]
