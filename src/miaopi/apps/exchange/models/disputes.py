"""Records that are said to be wrong, what was corrected, and how good sources are by the day."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class DisputeState(StrEnum):
    """Where a dispute stands: it waits, or the steward of the agency found something; the moves between these are in `queries.moves`."""

    FILED = "filed"
    CORRECTED = "corrected"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"
    TRANSFERRED = "transferred"


class Dispute(models.Model):
    """数据异议: a person says that a field of the record of her that an agency keeps is wrong. `field` empty: the list as a whole.

    `content` is what she says is right and what she saw, sealed; `number` the case in which she saw it, if it was in one. `due_at` is
    kept by the working-day clock, `overdue_at` when it was found to be over. `answer` is what she reads.
    `transferred_to` is the same dispute at the agency to which it was passed on (转办); its time runs from the first filing there, too.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agency = models.CharField(max_length=60)
    resource = models.CharField(max_length=60)
    field = models.CharField(max_length=60, default="")
    party = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    number = models.CharField(max_length=18, default="")
    content = models.BinaryField()
    state = models.CharField(max_length=12)
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, default="")
    answer = models.TextField(default="")
    transferred_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="transferred_from")

    class Privacy:
        public = (
            "id", "agency", "resource", "field", "state", "filed_at", "due_at", "overdue_at", "answered_at", "answered_by",
            "transferred_to",
        )
        personal = ("party", "subject", "number", "content", "answer")
        secret = ()

    class Meta:
        indexes = [
            models.Index(fields=("agency", "state", "due_at"), name="dispute_by_agency"),
            models.Index(fields=("party", "-filed_at"), name="dispute_by_party"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("party", "resource", "agency", "field"), condition=Q(state="filed"), name="dispute_waits_once"
            ),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in DisputeState]), name="dispute_state"),
            models.CheckConstraint(condition=Q(state="filed") | ~Q(answer=""), name="dispute_answered_in_words"),
            models.CheckConstraint(
                condition=Q(state="transferred", transferred_to__isnull=False) | (~Q(state="transferred") & Q(transferred_to=None)),
                name="dispute_transferred_to_somebody",
            ),
        ]


class Correction(models.Model):
    """更正: an agency says that its record of a person was wrong in these fields and is right from `reported_at` on.

    `dispute`: whose answer it is, if somebody disputed the record. `fields` empty: the list as a whole.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agency = models.CharField(max_length=60)
    resource = models.CharField(max_length=60)
    fields = ArrayField(models.CharField(max_length=60))
    party = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, null=True)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=120)

    class Privacy:
        public = ("id", "agency", "resource", "fields", "dispute", "reported_at", "reported_by")
        personal = ("party", "subject")
        secret = ()

    class Meta:
        indexes = [
            models.Index(fields=("agency", "-reported_at"), name="correction_by_agency"),
            models.Index(fields=("party", "resource"), name="correction_by_record"),
        ]


class QualityDay(models.Model):
    """How one field of one source answered on one legal day, without persons: counts of looks that happened anyway, and of disputes.

    `silent`: no answer; `stale`: none because its drop was missing or older than its cycle. `unproven`: it answered and did not say.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    resource = models.CharField(max_length=60)
    agency = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    asked = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)
    unproven = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0)
    stale = models.PositiveIntegerField(default=0)
    conflict = models.PositiveIntegerField(default=0)
    invalid = models.PositiveIntegerField(default=0)
    disputed = models.PositiveIntegerField(default=0)
    upheld = models.PositiveIntegerField(default=0)

    class Privacy:
        public = (
            "id", "day", "resource", "agency", "field", "asked", "known", "absent", "unproven", "silent", "stale", "conflict", "invalid",
            "disputed", "upheld",
        )
        personal = ()
        secret = ()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("day", "resource", "agency", "field"), name="quality_once_a_day")]
