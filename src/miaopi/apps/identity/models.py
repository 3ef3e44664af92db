"""Parties, the identities an authority verified, their sessions, and failed sign-ins."""

from __future__ import annotations

from django.db import models


class Account(models.Model):
    """A party of the platform. `id` names it inside, `pseudonym` in the log; neither is made from a number."""

    id = models.CharField(primary_key=True, max_length=32)
    kind = models.CharField(max_length=20)
    pseudonym = models.CharField(max_length=64, unique=True)
    registered_at = models.DateTimeField()

    class Privacy:
        public = ("kind", "registered_at")
        personal = ("id", "pseudonym")
        secret = ()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind="natural_person"), name="account_kind")]


class VerifiedIdentity(models.Model):
    """What an authority said of a party: found by a keyed hash of the document number, kept sealed."""

    id = models.CharField(primary_key=True, max_length=32)
    number_index = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identities")
    document_type = models.CharField(max_length=32)
    sealed = models.BinaryField()
    assurance_level = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=32)
    verified_at = models.DateTimeField()

    class Privacy:
        public = ("id", "document_type", "assurance_level", "method", "verified_at")
        personal = ("account",)
        secret = ("number_index", "sealed")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(assurance_level__range=(1, 3)), name="identity_assurance_level")]


class Session(models.Model):
    """A signed-in person, on the strength of one identity. The token stands nowhere: `digest` is its SHA-256."""

    digest = models.CharField(primary_key=True, max_length=64)
    id = models.CharField(max_length=32, unique=True)
    identity = models.ForeignKey(VerifiedIdentity, on_delete=models.PROTECT, related_name="sessions")
    assurance_level = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "assurance_level", "method", "opened_at", "seen_at", "expires_at", "closed_at")
        personal = ("identity",)
        secret = ("digest",)


class FailedSignIn(models.Model):
    """One code the authority did not know; counted by the hash of the code and of where it came from."""

    id = models.BigAutoField(primary_key=True)
    code_hash = models.CharField(max_length=64)
    origin_hash = models.CharField(max_length=64)
    failed_at = models.DateTimeField()

    class Privacy:
        public = ("id", "failed_at")
        personal = ()
        secret = ("code_hash", "origin_hash")

    class Meta:
        indexes = [
            models.Index(fields=("code_hash", "failed_at"), name="failed_by_code"),
            models.Index(fields=("origin_hash", "failed_at"), name="failed_by_origin"),
        ]
