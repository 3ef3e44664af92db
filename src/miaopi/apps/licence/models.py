"""Licences (电子证照, GB/T 36903): their metadata in the open, what they say of a person sealed. The keys they are signed with.
What agencies have to write into registers of their own.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Licence(models.Model):
    """One version of a licence. `content` is JSON of title, issuer and lines in both languages and the salt of their digest.

    `content`, `signed_text` (a signed note) and `credential` (what the QR code holds) are sealed to the holder. `state` is
    `active`, `superseded` or `revoked`; that it has expired follows from `valid_to`, the last day.
    """

    id = models.CharField(primary_key=True, max_length=32)
    licence_identifier = models.CharField(max_length=64)
    licence_type_code = models.CharField(max_length=32)
    number = models.CharField(max_length=32)
    version = models.IntegerField(default=1)
    service = models.CharField(max_length=64)
    holder = models.CharField(max_length=32, db_index=True)
    issuer = models.CharField(max_length=128)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=16, default="active")
    ended_at = models.DateTimeField(null=True)
    content = models.BinaryField()
    signed_text = models.BinaryField(null=True)
    signed_at = models.DateTimeField(null=True)
    credential = models.BinaryField(null=True)
    mark = models.CharField(max_length=16, null=True)
    key = models.CharField(max_length=16, null=True)

    class Privacy:
        public = (
            "id", "licence_identifier", "licence_type_code", "number", "version", "service", "issuer", "issued_on", "issued_at",
            "valid_to", "state", "ended_at", "signed_at", "mark", "key",
        )
        personal = ("holder", "content", "signed_text", "credential")
        secret = ()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number", "version"], name="licence_version_once"),
            models.UniqueConstraint(fields=["licence_identifier", "version"], name="licence_identifier_once"),
            models.UniqueConstraint(fields=["number"], condition=models.Q(state="active"), name="licence_active_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="licence_withdrawn"),
        ]


class SigningKey(models.Model):
    """The public half of a key for credentials. `generation` counts from 1; `begins_at` is when it takes over, `None` for the first."""

    generation = models.IntegerField(primary_key=True)
    key = models.CharField(max_length=16, unique=True)
    point = models.BinaryField()
    made_at = models.DateTimeField()
    begins_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("generation", "key", "point", "made_at", "begins_at")
        personal = ()
        secret = ()


class Registration(models.Model):
    """An act to be written into the register of an agency, once, under its `id`. `content` is its record as JSON, sealed to the person.

    It is due until `done_at`, when the agency gave its `reference`, or until the agency refused it for good (`refusal`).
    """

    id = models.CharField(primary_key=True, max_length=96)
    number = models.CharField(max_length=18, db_index=True)
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    act = models.CharField(max_length=32)
    moment = models.CharField(max_length=16)
    resource = models.CharField(max_length=80)
    party = models.CharField(max_length=64)
    content = models.BinaryField()
    done_on = models.DateField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=128, default="")
    refusal = models.CharField(max_length=64, default="")

    class Privacy:
        public = (
            "id", "number", "service", "version", "act", "moment", "resource", "done_on", "made_at", "due_at", "attempts", "done_at",
            "reference", "refusal",
        )
        personal = ("party", "content")
        secret = ()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(done_at=None, refusal=""), name="licence_registration_due"),
        ]
