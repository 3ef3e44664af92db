"""The application role adds to the log and can change nothing in it; its owner is another account (DESIGN.md §7.6)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

APPEND_ONLY = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'miaopi_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_position, audit_node, audit_checkpoint FROM miaopi_app;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop)]
