"""Messages and how far they were carried."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Message(models.Model):
    """One text to one person about one case. Its `id` is the key under which a gateway takes it once."""

    id = models.CharField(primary_key=True, max_length=64)
    number = models.CharField(max_length=32, db_index=True)
    party = models.CharField(max_length=32)
    kind = models.CharField(max_length=32)
    text = models.TextField()
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=128, default="")

    class Privacy:
        public = ("id", "number", "kind", "written_at", "due_at", "attempts", "delivered_at", "reference")
        personal = ("party", "text")
        secret = ()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(delivered_at=None), name="notification_message_due")
        ]
