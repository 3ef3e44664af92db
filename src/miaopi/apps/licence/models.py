"""Licences (电子证照, GB/T 36903): their metadata in the open, what they say of a person sealed. The keys they are signed with."""

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
