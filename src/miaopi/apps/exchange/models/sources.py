"""Outages, how each process found its agencies, absences that are counted until somebody is found again, and records that agencies took."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Outage(models.Model):
    """A source that does not answer, since when. The row goes when it answers again; the log keeps both moments."""

    id = models.BigAutoField(primary_key=True)
    resource = models.CharField(max_length=60)
    agency = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Privacy:
        public = ("id", "resource", "agency", "since")
        personal = ()
        secret = ()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("resource", "agency"), name="outage_once_a_source")]


class LineHealth(models.Model):
    """How one process found an agency (`adapters.wire.health.Memory`): written when that changed, and twice a minute while it asks."""

    id = models.BigAutoField(primary_key=True)
    process = models.CharField(max_length=32)
    agency = models.CharField(max_length=60)
    took = ArrayField(models.PositiveIntegerField())
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    failures = models.JSONField()
    changed = ArrayField(models.CharField(max_length=60))
    noted_at = models.DateTimeField()

    class Privacy:
        public = ("id", "process", "agency", "took", "answered_at", "failed_at", "rests_until", "failures", "changed", "noted_at")
        personal = ()
        secret = ()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("agency", "process"), name="line_once_a_process")]


class Absence(models.Model):
    """A source said of this person “there is none”, and of everybody after her too: the row goes when somebody is found."""

    id = models.BigAutoField(primary_key=True)
    resource = models.CharField(max_length=60)
    agency = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    said_at = models.DateTimeField()

    class Privacy:
        public = ("id", "resource", "agency", "said_at")
        personal = ("subject",)
        secret = ()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("resource", "agency", "subject"), name="absence_once_a_person")]


class Push(models.Model):
    """A record that an agency has taken, by its key; what it said is not kept, but a keyed digest of it."""

    key = models.CharField(primary_key=True, max_length=100)
    act = models.CharField(max_length=20)
    agency = models.CharField(max_length=60)
    resource = models.CharField(max_length=60)
    service = models.CharField(max_length=100)
    subject = models.CharField(max_length=64)
    record_digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    pushed_at = models.DateTimeField()

    class Privacy:
        public = ("key", "act", "agency", "resource", "service", "record_digest", "reference", "made_at", "pushed_at")
        personal = ("subject",)
        secret = ()
