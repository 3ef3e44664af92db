"""Parties, the identities an authority verified, staff accounts, sessions and tokens of both, failed sign-ins, kept answers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

STAFF_ID_LENGTH = 32


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
    """What an authority said of a party: found by a keyed hash of the document number, kept sealed.

    Level 0: nobody was verified yet, an agency has named her by her number.
    """

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
        constraints = [models.CheckConstraint(condition=models.Q(assurance_level__range=(0, 3)), name="identity_assurance_level")]


class Staff(models.Model):
    """A member of staff: `id` names her inside and in the log, `role` is the one part that the account gives.

    `queues` are those she may take cases from. `avoids` are keyed hashes of document numbers, her own and those of persons
    close to her: their cases are not hers to read or decide (公务员法, 公务回避; article unverified).
    """

    id = models.CharField(primary_key=True, max_length=STAFF_ID_LENGTH)
    name_zh = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50)
    role = models.CharField(max_length=16)
    office = models.CharField(max_length=64)
    queues = ArrayField(models.CharField(max_length=80), default=list)
    avoids = ArrayField(models.CharField(max_length=64), default=list)
    added_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "role", "office", "queues", "added_at", "left_at")
        personal = ("name_zh", "name_en")
        secret = ("avoids",)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=["officer", "clerk", "auditor", "steward"]), name="staff_role"),
        ]


class Session(models.Model):
    """Somebody signed in: a person on the strength of one identity, or a member of staff; never both.

    The token stands nowhere: `digest` is its SHA-256.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    id = models.CharField(max_length=32, unique=True)
    identity = models.ForeignKey(VerifiedIdentity, on_delete=models.PROTECT, related_name="sessions", null=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="sessions", null=True)
    assurance_level = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "assurance_level", "method", "opened_at", "seen_at", "expires_at", "closed_at")
        personal = ("identity", "staff")
        secret = ("digest",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(identity__isnull=True) ^ models.Q(staff__isnull=True), name="session_of_one_holder",
            ),
        ]


class Token(models.Model):
    """A key for programs that act for one person, one member of staff or one agency. It stands nowhere: `digest` is its SHA-256."""

    digest = models.CharField(primary_key=True, max_length=64)
    id = models.CharField(max_length=32, unique=True)
    identity = models.ForeignKey(VerifiedIdentity, on_delete=models.PROTECT, related_name="tokens", null=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="tokens", null=True)
    agency = models.CharField(max_length=60, null=True)
    label = models.CharField(max_length=80)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "agency", "label", "issued_at", "expires_at", "revoked_at")
        personal = ("identity", "staff")
        secret = ("digest",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(identity__isnull=True, staff__isnull=True, agency__isnull=False)
                | models.Q(identity__isnull=True, staff__isnull=False, agency__isnull=True)
                | models.Q(identity__isnull=False, staff__isnull=True, agency__isnull=True),
                name="token_of_one_holder",
            ),
        ]


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


class KeptAnswer(models.Model):
    """What a program was answered when it made something under a key of its own, for a day.

    `key` is a keyed hash of holder and key, `asked` of what was asked; the answer is kept sealed.
    """

    key = models.CharField(primary_key=True, max_length=64)
    holder = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    class Privacy:
        public = ("kept_at",)
        personal = ("holder",)
        secret = ("key", "asked", "sealed")

    class Meta:
        indexes = [models.Index(fields=("holder", "kept_at"), name="answer_of_holder")]
