"""Decisions, cases that wait, and requests for a person, as they are kept."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DecisionRow(models.Model):
    """One decision of a rule set. `statement` is what its receipt states (`kernel.receipt`): canonical bytes, digests for facts.

    `kept` is what stands beside it, sealed: facts, values and the salt of the digests; empty after retention.

    `round` is the confirmation it answers, `attempt` 0 for the decision at once and one more each time a waiting case
    was decided again: the pair is unique for an application, so no filing is decided twice. The row that counts is the last.
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

    class Privacy:
        public = ("id", "number", "round", "attempt", "service", "version", "as_of", "receipt_digest", "decided_at", "signature",
                  "signed_at")
        personal = ("applicant", "outcome", "reason_codes", "statement", "kept")
        secret = ()

    class Meta:
        app_label = "approval"
        db_table = "approval_decision"
        constraints = [
            models.UniqueConstraint(fields=["number", "round", "attempt"], name="approval_decided_once"),
        ]


class Waiting(models.Model):
    """A case that waits for silent sources. `due_at` is when it is looked at again, `patience_until` when a person takes it.

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
    """复核: the applicant asks that a person look at an automatic decision, once for each."""

    id = models.CharField(primary_key=True, max_length=32)
    decision = models.OneToOneField(DecisionRow, on_delete=models.PROTECT)
    number = models.CharField(max_length=18)
    requested_at = models.DateTimeField()

    class Privacy:
        public = ("id", "decision", "number", "requested_at")
        personal = ()
        secret = ()

    class Meta:
        app_label = "approval"
