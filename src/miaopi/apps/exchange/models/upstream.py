"""Questions that another platform answers later, and what is left of its quota."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class UpstreamTicket(models.Model):
    """A question of one case that another platform answers later; `id` is our name for it, `ticket` theirs, sealed, once they took it.

    `sent_at`: when it was last sent without being acknowledged. `charge` tells the pull that paid for it, with a call of each of `paid_by`,
    from every other: who asks the same again pays nothing until it is answered. `pages`: how many of its answer their quota was charged.
    The row goes with the answer; answers are not kept here.
    """

    id = models.CharField(primary_key=True, max_length=32)
    agency = models.CharField(max_length=60)
    resource = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    ticket = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expected_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    charge = models.CharField(max_length=64, default="")
    paid_by = ArrayField(models.CharField(max_length=32), default=list)
    pages = models.PositiveSmallIntegerField(default=1)

    class Privacy:
        public = ("id", "agency", "resource", "asked_at", "sent_at", "expected_at", "expires_at", "paid_by", "pages")
        personal = ("subject", "digest", "charge")
        secret = ("ticket",)

    class Meta:
        indexes = [models.Index(fields=("expires_at",), name="upstream_by_expiry")]
        constraints = [models.UniqueConstraint(fields=("agency", "resource", "subject", "digest"), name="upstream_asked_once")]


class UpstreamQuota(models.Model):
    """How many questions another platform was asked on the day `used_on`."""

    agency = models.CharField(primary_key=True, max_length=60)
    used_on = models.DateField()
    used_today = models.PositiveIntegerField(default=0)

    class Privacy:
        public = ("agency", "used_on", "used_today")
        personal = ()
        secret = ()
