from __future__ import annotations

from django.db import migrations

# An agreement is a case of its own from now on: entries of before are found by it too. The entry and its leaf stay as they are.
FIND_BY_AGREEMENT = """
    UPDATE audit_entry SET number = entry::jsonb #>> '{body,agreement}'
    WHERE kind LIKE 'exchange.Agreement%' AND number IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_releases")]

    operations = [migrations.RunSQL(FIND_BY_AGREEMENT, migrations.RunSQL.noop)]
