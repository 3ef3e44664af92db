"""Messages and how far they were carried."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Message(models.Model):
    """One text to one person about one case. Its `id` is the key under which a gateway takes it once.

    `accepted_at` is when the gateway took it, `delivered_at` when it said that the telephone has it, `undelivered_at` when we
    stopped expecting so; `ask_at` when it is asked next. `read_at` is when she read it where she is signed in.
    """

    id = models.CharField(primary_key=True, max_length=64)
    number = models.CharField(max_length=32, db_index=True)
    party = models.CharField(max_length=32)
    kind = models.CharField(max_length=32)
    text = models.TextField()
    text_en = models.TextField(default="")
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=128, default="")
    ask_at = models.DateTimeField(null=True)
    asked = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    undelivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Privacy:
        public = (
            "number", "written_at", "due_at", "attempts", "accepted_at", "reference", "ask_at", "asked", "delivered_at", "undelivered_at",
            "read_at",
        )
        personal = ("id", "party", "kind", "text", "text_en")  # the key and the kind say how the case was decided
        secret = ()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(accepted_at=None), name="notification_message_due"),
            models.Index(fields=["ask_at"], condition=models.Q(ask_at__isnull=False), name="notification_message_asked"),
            models.Index(fields=["party", "-written_at"], name="notification_message_inbox"),
        ]
