"""The application role adds to the log and can change nothing in it; its owner is another account (DESIGN.md §7.6)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import migrations

ROLE = getattr(settings, "MIAOPI_APPLICATION_ROLE", "miaopi_app")
APPEND_ONLY = f"""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        REVOKE ALL ON audit_entry, audit_position, audit_node, audit_checkpoint FROM "{ROLE}";
        GRANT SELECT, INSERT ON audit_entry, audit_position, audit_node, audit_checkpoint TO "{ROLE}";
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop)]
