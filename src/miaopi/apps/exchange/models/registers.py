"""What was counted of base registers, and pairs of rows that may be one party's."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q


class CoverageFigure(models.Model):
    """Of how many parties a source of a base field knows a value, on one day: counted by the agency itself, a number and no row.

    `everybody` is how many parties the register has; empty, like the others, where nobody could count. `absent` are those of whom the
    source says that there is none, `unknown` those of whom it says nothing that counts, `conflict` those with more than one row.
    """

    id = models.BigAutoField(primary_key=True)
    register = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    source = models.CharField(max_length=121)
    counted_at = models.DateTimeField()
    everybody = models.PositiveIntegerField(null=True)
    known = models.PositiveIntegerField(null=True)
    absent = models.PositiveIntegerField(null=True)
    unknown = models.PositiveIntegerField(null=True)
    conflict = models.PositiveIntegerField(null=True)

    class Privacy:
        public = ("id", "register", "field", "source", "counted_at", "everybody", "known", "absent", "unknown", "conflict")
        personal = ()
        secret = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("register", "field", "source", "counted_at"), name="coverage_once_a_moment"),
        ]


class CandidateState(StrEnum):
    """Where a pair of numbers stands; the moves between these are in `queries.moves`."""

    OPEN = "open"
    MERGED = "merged"
    DISTINCT = "distinct"


class DuplicateCandidate(models.Model):
    """Two numbers of one register that may be one party's; a person decides. The numbers are sealed, and found by keyed digests.

    `suspicion` is the entry of `registers.yaml` that found it. The pair is kept in the order of its digests, so that it is one row.
    """

    id = models.CharField(primary_key=True, max_length=32)
    register = models.CharField(max_length=60)
    suspicion = models.CharField(max_length=60)
    score = models.PositiveSmallIntegerField()
    first_digest = models.CharField(max_length=64)
    second_digest = models.CharField(max_length=64)
    first_sealed = models.BinaryField()
    second_sealed = models.BinaryField()
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, default="")
    reason = models.TextField(default="")

    class Privacy:
        public = ("id", "register", "suspicion", "score", "found_at", "state", "decided_at", "decided_by")
        personal = ("reason",)
        secret = ("first_digest", "second_digest", "first_sealed", "second_sealed")

    class Meta:
        indexes = [
            models.Index(fields=("register", "state", "-score"), name="duplicate_by_register"),
            models.Index(fields=("first_digest",), condition=Q(state="merged"), name="merged_by_first"),
            models.Index(fields=("second_digest",), condition=Q(state="merged"), name="merged_by_second"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("register", "first_digest", "second_digest"), name="duplicate_once_a_pair"),
            models.CheckConstraint(condition=Q(first_digest__lt=F("second_digest")), name="duplicate_in_order"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in CandidateState]), name="duplicate_state"),
            models.CheckConstraint(condition=Q(state="open") | ~Q(decided_by="") & ~Q(reason=""), name="duplicate_decided_with_reason"),
        ]
