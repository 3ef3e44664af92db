"""Looks that are shown later, and objections to looks."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from miaopi.apps.exchange.models.agreements import Agreement


class Deferral(models.Model):
    """Looks by one agreement in one matter that the person is not shown at once. `until` is the last moment somebody named for them."""

    id = models.CharField(primary_key=True, max_length=32)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="deferrals")
    matter = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    renewals = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(default="")
    decided_by = models.CharField(max_length=120, default="")
    released_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "agreement", "opened_at", "until", "renewals", "decided_by", "released_at")
        personal = ("matter", "reason")
        secret = ()


class ObjectionState(StrEnum):
    """Where an objection stands; the moves between these are in `queries.moves`."""

    FILED = "filed"
    OVERDUE = "overdue"
    EXPLAINED = "explained"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


class Objection(models.Model):
    """A person wants a look at her data explained, by the agency that looked. `look` is its position in the log.

    `office` answers. Her words and the answer are sealed; `answered_by` is the account of who answered.
    """

    id = models.CharField(primary_key=True, max_length=32)
    look = models.BigIntegerField()
    subject = models.CharField(max_length=64)
    office = models.CharField(max_length=100)
    resource = models.CharField(max_length=60)
    service = models.CharField(max_length=100)
    agreements = ArrayField(models.CharField(max_length=32))
    words = models.BinaryField()
    state = models.CharField(max_length=10)
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, default="")
    suspended = models.BooleanField(default=False)

    class Privacy:
        public = (
            "id", "office", "resource", "service", "agreements", "state", "filed_at", "due_at", "overdue_at", "answered_at", "answered_by",
            "suspended",
        )
        personal = ("look", "subject")
        secret = ("words", "answer")

    class Meta:
        indexes = [
            models.Index(fields=("office", "state", "due_at"), name="objection_by_office"),
            models.Index(fields=("subject", "-filed_at"), name="objection_by_subject"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in ObjectionState]), name="objection_state"),
            models.UniqueConstraint(fields=("look",), condition=Q(state__in=("filed", "overdue")), name="objection_open_once_a_look"),
        ]
