"""Visits that an approval asks for, and the seats at counters, each a row of its own."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models


class VisitState(StrEnum):
    """Where a visit stands. From `invited` exactly one of the others is reached."""

    INVITED = "invited"
    DONE = "done"
    LAPSED = "lapsed"
    CLOSED = "closed"


class Visit(models.Model):
    """One visit of one case. `papers_seen` counts from 1; `content` is what was decided, as JSON, sealed to the case."""

    number = models.CharField(primary_key=True, max_length=18)
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    act = models.CharField(max_length=32)
    party = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=VisitState.INVITED.value)
    valid_to = models.DateField()
    remind_on = models.DateField()
    papers_seen = ArrayField(models.PositiveSmallIntegerField(), default=list)
    content = models.BinaryField()
    invited_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    office = models.CharField(max_length=64, default="")
    staff = models.CharField(max_length=64, default="")

    class Privacy:
        public = (
            "number", "service", "version", "act", "state", "valid_to", "remind_on", "papers_seen", "invited_at", "reminded_at",
            "ended_at", "office", "staff",
        )  # fmt: skip
        personal = ("party", "content")
        secret = ()

    class Meta:
        app_label = "appointment"
        indexes = [
            models.Index(fields=["party"], name="appointment_visit_party"),
            models.Index(fields=["valid_to"], condition=models.Q(state="invited"), name="appointment_visit_open"),
        ]


class Seat(models.Model):
    """One counter at one time. `number` is the case that has it; a case has one seat at a time."""

    id = models.CharField(primary_key=True, max_length=96)
    office = models.CharField(max_length=64)
    counter = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    number = models.CharField(max_length=18, null=True, unique=True)
    booked_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "office", "counter", "starts_at", "ends_at", "booked_at")
        personal = ("number",)
        secret = ()

    class Meta:
        app_label = "appointment"
        constraints = [models.UniqueConstraint(fields=["office", "starts_at", "counter"], name="appointment_one_seat")]
