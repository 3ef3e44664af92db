"""A draft and what becomes of it, as it is kept: one row an application, its facts sealed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Filing(models.Model):
    """秒报. `content` is the draft or, once confirmed, the frozen facts, sealed to the applicant and this application.

    It is empty before the first prefill and after an erasure. `revision` moves with every change of the draft, so that
    a second window never writes over what it has not seen. `tokens` are the keys under which this was confirmed, one
    a round; a repeated key gets the answer of its round.
    """

    number = models.CharField(primary_key=True, max_length=18)
    applicant = models.CharField(max_length=64)
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    receipt = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    revision = models.PositiveIntegerField(default=0)
    prefilled_at = models.DateTimeField(null=True)
    facts_digest = models.CharField(max_length=64, blank=True, default="")
    tokens = ArrayField(models.CharField(max_length=128), default=list)
    confirmed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    erased_for = models.CharField(max_length=32, blank=True, default="")

    class Privacy:
        public = ("number", "service", "version", "revision", "prefilled_at", "facts_digest", "confirmed_at", "erased_at",
                  "erased_for")
        personal = ("applicant", "receipt", "content")
        secret = ("tokens",)

    class Meta:
        app_label = "filing"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(content__isnull=True), name="filing_erased_is_empty",
            ),
        ]
