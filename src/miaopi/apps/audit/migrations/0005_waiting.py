"""Waiting for an entry that wants its number happens in the server: a client that asks fifty times a second costs a hundred times as much.

Each look inside sees what has committed by then; nothing is locked, and the transaction of the wait is over within a second.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

WAIT = """
CREATE FUNCTION audit_wait(seconds double precision, glance double precision) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE until timestamptz := clock_timestamp() + make_interval(secs => seconds);
BEGIN
    LOOP
        IF EXISTS (SELECT FROM audit_pending) THEN RETURN true; END IF;
        IF clock_timestamp() >= until THEN RETURN false; END IF;
        PERFORM pg_sleep(glance);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0004_agreements_are_cases")]
    operations: ClassVar = [migrations.RunSQL(WAIT, "DROP FUNCTION audit_wait")]
