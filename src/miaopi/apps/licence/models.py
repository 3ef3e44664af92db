"""Licences (电子证照, GB/T 36903): their metadata in the open, what they say of a person sealed."""

from __future__ import annotations

from django.db import models


class Licence(models.Model):
    """One licence. `content` is JSON of title, issuer and lines in both languages and the salt of their digest, sealed to the holder."""

    id = models.CharField(primary_key=True, max_length=32)
    licence_identifier = models.CharField(max_length=64, unique=True)
    licence_type_code = models.CharField(max_length=32)
    number = models.CharField(max_length=32, unique=True)
    service = models.CharField(max_length=64)
    holder = models.CharField(max_length=32, db_index=True)
    issuer = models.CharField(max_length=128)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    valid_to = models.DateField(null=True)
    content = models.BinaryField()
    signed_text = models.BinaryField(null=True)
    signed_at = models.DateTimeField(null=True)

    class Privacy:
        public = (
            "id", "licence_identifier", "licence_type_code", "number", "service", "issuer", "issued_on", "issued_at",
            "valid_to", "signed_at",
        )
        personal = ("holder", "content", "signed_text")
        secret = ()
