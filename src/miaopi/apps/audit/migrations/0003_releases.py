"""Looks that are shown later than they happened: which those are, and from when on."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0002_append_only")]
    operations: ClassVar = [
        migrations.AddField("entry", "deferral", models.CharField(max_length=32, null=True)),
        migrations.AddIndex(
            "entry",
            models.Index(fields=["deferral", "id"], condition=models.Q(deferral__isnull=False), name="audit_entry_of_deferral"),
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="audit.entry"
                    ),
                ),
                ("shown_from", models.DateTimeField(null=True)),
                ("renewals", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
    ]
