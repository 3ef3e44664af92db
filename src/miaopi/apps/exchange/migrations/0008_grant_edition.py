"""Each transaction that changes grants or terms gives them a new word as it commits, whoever wrote it and however."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

# Deferred: the one row is locked by whoever commits, for as long as that takes, and never by who still waits for another row. The number
# of a transaction is a word that none has twice. Calls counted against quotas are no change: they are made at each pull.
TURN = """
CREATE FUNCTION exchange_turn_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO exchange_grantedition (id, word) VALUES (1, pg_current_xact_id()::text)
        ON CONFLICT (id) DO UPDATE SET word = EXCLUDED.word WHERE exchange_grantedition.word <> EXCLUDED.word;
    RETURN NULL;
END $$;
INSERT INTO exchange_grantedition (id, word) VALUES (1, pg_current_xact_id()::text);
CREATE CONSTRAINT TRIGGER turn_edition AFTER INSERT OR UPDATE OR DELETE ON exchange_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION exchange_turn_edition();
CREATE CONSTRAINT TRIGGER turn_edition AFTER DELETE OR UPDATE
    OF requester, state, starts_at, ends_at, opens, closes, row_filter, daily_quota, total_quota, visibility ON exchange_agreement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION exchange_turn_edition();
"""
BACK = """
DROP TRIGGER turn_edition ON exchange_agreement;
DROP TRIGGER turn_edition ON exchange_grant;
DROP FUNCTION exchange_turn_edition;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("exchange", "0007_upstream")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="GrantEdition",
            fields=[("id", models.SmallIntegerField(primary_key=True, serialize=False)), ("word", models.CharField(max_length=32))],
        ),
        migrations.RunSQL(TURN, BACK),
    ]
