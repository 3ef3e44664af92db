"""Consent receipts, kept also after they are withdrawn: they are the ground of what was pulled before."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Receipt(models.Model):
    """One consent for one application. `scope` and `separate` hold `resource.field`, sorted.

    `used_up_at`: when what it was given for had been reached, or given up (个人信息保护法 第四十七条第一款第一项).
    """

    id = models.CharField(primary_key=True, max_length=32)
    application = models.CharField(max_length=40)
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    applicant = models.CharField(max_length=32)
    actor = models.CharField(max_length=32)
    scope = ArrayField(models.CharField(max_length=120))
    separate = ArrayField(models.CharField(max_length=120))
    purpose_zh = models.TextField()
    purpose_en = models.TextField()
    nonce = models.CharField(max_length=32)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    used_up_at = models.DateTimeField(null=True)
    signature = models.BinaryField(null=True)

    class Privacy:
        public = (
            "id", "service", "version", "scope", "separate", "purpose_zh", "purpose_en", "given_at", "expires_at",
            "withdrawn_at", "used_up_at", "signature",
        )
        personal = ("application", "applicant", "actor")
        secret = ("nonce",)

    class Meta:
        indexes = [
            models.Index(fields=("applicant", "-given_at"), name="receipt_by_applicant"),
            models.Index(fields=("application",), name="receipt_by_application"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__len__gt=0), name="receipt_has_a_scope"),
            models.CheckConstraint(condition=models.Q(separate__contained_by=models.F("scope")), name="receipt_separate_in_scope"),
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("given_at")), name="receipt_expires_later"),
        ]
