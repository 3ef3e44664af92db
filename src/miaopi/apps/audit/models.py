"""The log as rows. Entries, positions, nodes and checkpoints are only ever added; the application role cannot do otherwise."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One event: ledger entry, salt, leaf and thing to deliver in one row. `entry` is canonical JSON (RFC 8785)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=64)
    number = models.CharField(max_length=32, null=True)
    subject = models.CharField(max_length=64, null=True)
    is_access = models.BooleanField()
    entry = models.TextField()
    salt = models.BinaryField()
    leaf = models.BinaryField()
    deferral = models.CharField(max_length=32, null=True)

    class Privacy:
        public = ("id", "at", "kind", "number", "is_access", "leaf")
        personal = ("subject", "entry", "deferral")
        secret = ("salt",)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number", "id"], condition=models.Q(number__isnull=False), name="audit_entry_of_case"),
            models.Index(fields=["subject", "id"], condition=models.Q(subject__isnull=False), name="audit_entry_of_subject"),
            models.Index(fields=["deferral", "id"], condition=models.Q(deferral__isnull=False), name="audit_entry_of_deferral"),
        ]


class Pending(models.Model):
    """Entries that committed and have no number yet. Nobody reads the log by the id of an entry: ids commit out of order."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Privacy:
        public = ("entry_id",)
        personal = ()
        secret = ()


class Position(models.Model):
    """The place of an entry in the log: from 0, without gaps. It is also the index of its leaf in the tree."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)

    class Privacy:
        public = ("seq", "entry")
        personal = ()
        secret = ()


class Node(models.Model):
    """The hash of a complete subtree; `key` is 64 × its place from the left plus its level (2^level leaves)."""

    key = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField()

    class Privacy:
        public = ("key", "hash")
        personal = ()
        secret = ()


class Checkpoint(models.Model):
    """A signed head of the log (C2SP tlog-checkpoint), with the key that verifies it. One size has one root, for ever."""

    tree_size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    key = models.CharField(max_length=256)
    at = models.DateTimeField()

    class Privacy:
        public = ("tree_size", "root", "note", "key", "at")
        personal = ()
        secret = ()


class Cursor(models.Model):
    """How far a handler has read: the last position whose effects are in. `tries` counts batches begun since and not ended."""

    handler = models.CharField(primary_key=True, max_length=128)
    seq = models.BigIntegerField()
    tries = models.IntegerField(default=0)

    class Privacy:
        public = ("handler", "seq", "tries")
        personal = ()
        secret = ()


class Failure(models.Model):
    """An event that a handler could not take. After five tries it is parked, and the handler goes on without it."""

    handler = models.CharField(max_length=128)
    seq = models.BigIntegerField()
    attempts = models.IntegerField()
    reason = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True)

    class Privacy:
        public = ("id", "handler", "seq", "attempts", "reason", "due_at", "parked_at")
        personal = ()
        secret = ()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["handler", "seq"], name="audit_failure_once")]


class Release(models.Model):
    """From when on a deferred entry is shown to its subject; never by time alone where there is no moment.

    `renewals` counts how often the moment was moved further away. An entry whose text names no deferral has no such row, and one
    made for it would hide nothing.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True)
    shown_from = models.DateTimeField(null=True)
    renewals = models.PositiveSmallIntegerField(default=0)

    class Privacy:
        public = ()
        personal = ("entry", "shown_from", "renewals")
        secret = ()
