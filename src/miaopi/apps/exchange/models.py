"""Grants, outages, absences that are counted until somebody is found again, and records that agencies have taken."""

from __future__ import annotations

from django.db import models


class Grant(models.Model):
    """A service may have one field of a resource, for one purpose, on one lawful ground. Never changed: revoked, and given anew."""

    id = models.CharField(primary_key=True, max_length=32)
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
        public = ("id", "service", "resource", "field", "purpose", "ground", "granted_at", "granted_by", "revoked_at", "revoked_by")
        personal = ()
        secret = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("service", "resource", "field", "purpose"), condition=models.Q(revoked_at=None), name="grant_stands_once"
            ),
            models.CheckConstraint(condition=~models.Q(ground=""), name="grant_has_a_ground"),
        ]


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
