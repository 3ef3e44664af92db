"""What a department may have of a resource, on what terms, and the grants that stand under it."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class AgreementState(StrEnum):
    """Where an agreement stands; the moves between these are in `queries.moves`."""

    FILED = "filed"
    GRANTED = "granted"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Agreement(models.Model):
    """What a department may have of one resource for one use. The terms are those asked for until somebody decides, then the granted ones.

    `clock` names the statutory time that runs from `filed_at` to `due_at`, `overdue_at` when it was found to be over. `asked` keeps the
    terms as they were asked for. `ends_at` empty: as long as the service is published. `used_on` is the day that `used_today` counts.
    `visibility` says when looks by it are shown to the person, `hidden_by` the law that lets them be shown later than at once.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agency = models.CharField(max_length=60)
    resource = models.CharField(max_length=60)
    requester = models.CharField(max_length=100)
    service = models.CharField(max_length=100)
    purpose = models.TextField()
    ground = models.TextField()
    fields = ArrayField(models.CharField(max_length=60))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    daily_quota = models.PositiveIntegerField(null=True)
    total_quota = models.PositiveIntegerField(null=True)
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    row_filter = models.TextField(default="")
    visibility = models.CharField(max_length=30, default="immediate")
    hidden_by = models.TextField(default="")
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=10)
    clock = models.CharField(max_length=10)
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=120)
    due_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, default="")
    basis = models.TextField(default="")
    reason = models.TextField(default="")
    used_in_all = models.PositiveIntegerField(default=0)
    used_on = models.DateField(null=True)
    used_today = models.PositiveIntegerField(default=0)

    class Privacy:
        public = (
            "id", "agency", "resource", "requester", "service", "purpose", "ground", "fields", "starts_at", "ends_at", "daily_quota",
            "total_quota", "opens", "closes", "row_filter", "visibility", "hidden_by", "asked", "state", "clock", "filed_at", "filed_by",
            "due_at", "overdue_at", "decided_at", "decided_by", "basis", "reason", "used_in_all", "used_on", "used_today",
        )
        personal = ()
        secret = ()

    class Meta:
        indexes = [
            models.Index(fields=("state", "due_at"), name="agreement_by_due"),
            models.Index(fields=("agency", "-filed_at"), name="agreement_by_agency"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in AgreementState]), name="agreement_state"),
            models.CheckConstraint(condition=~Q(ground="") & ~Q(purpose=""), name="agreement_has_a_ground"),
            models.CheckConstraint(condition=Q(fields__len__gt=0), name="agreement_has_a_field"),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="agreement_ends_later"),
            models.CheckConstraint(condition=Q(opens=None, closes=None) | Q(opens__lt=F("closes")), name="agreement_closes_later"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="agreement_refused_with_reason"),
            models.CheckConstraint(condition=Q(visibility="immediate") | ~Q(hidden_by=""), name="agreement_hidden_by_a_law"),
        ]


class AgreementUse(models.Model):
    """How many looks an agreement was used for, and on which legal day last: counted behind the log, so that no look waits for it."""

    agreement = models.CharField(primary_key=True, max_length=32)
    looks = models.PositiveBigIntegerField()
    last_on = models.DateField()

    class Privacy:
        public = ("agreement", "looks", "last_on")
        personal = ()
        secret = ()


class GrantEdition(models.Model):
    """Which state grants and terms are in: one row, with a new word from each transaction that changed anything but the use of quotas."""

    id = models.SmallIntegerField(primary_key=True)
    word = models.CharField(max_length=32)

    class Privacy:
        public = ("id", "word")
        personal = ()
        secret = ()


class Grant(models.Model):
    """A service may have one field of a resource, for one purpose, on one lawful ground. Never changed: revoked, and given anew.

    `agreement`: under whose terms; none where the operator of the platform gave it.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, related_name="grants")
    service = models.CharField(max_length=100)
    resource = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    purpose = models.TextField()
    ground = models.TextField()
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=120)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=120, null=True)

    class Privacy:
        public = (
            "id", "agreement", "service", "resource", "field", "purpose", "ground", "granted_at", "granted_by", "revoked_at", "revoked_by",
        )
        personal = ()
        secret = ()

    class Meta:
        indexes = [models.Index(fields=("service", "resource"), name="grant_by_service")]
        constraints = [
            models.UniqueConstraint(
                fields=("service", "resource", "field", "purpose"), condition=Q(revoked_at=None, agreement=None), name="grant_stands_once"
            ),
            models.UniqueConstraint(fields=("agreement", "field"), name="grant_once_an_agreement"),
            models.CheckConstraint(condition=~Q(ground=""), name="grant_has_a_ground"),
        ]
