"""Counts calls against the quotas of agreements, before anybody is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from django.db.models import Case, F, IntegerField, When

from miaopi.apps.audit.api import list_rows
from miaopi.apps.exchange import models
from miaopi.apps.exchange.models import AgreementState
from miaopi.apps.exchange.queries.refusals import RefusalCode

# One statement, so that the last call is had once; rows are locked by their order, so that two pulls never wait for each other. It
# commits without waiting for the disk, for else a pull would wait for that twice and all pulls under one agreement one after
# another. Nothing is lost by it: nothing is handed out before the entries of the pull are on the disk, and PostgreSQL writes its
# log in order. What a power cut may take back is a call that led to no answer. Once a call of the new day was counted, one that began
# before midnight is counted with it: the day that counts goes back for nothing but a clock that was set back. The list stands in a
# SELECT of its own: where the server can count its elements it plans anew each time, which took longer than to charge.
CHARGE: Final = """
WITH eased AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE exchange_agreement a
   SET used_in_all = used_in_all + 1, used_on = CASE WHEN used_on = today + 1 THEN used_on ELSE today END,
       used_today = CASE WHEN used_on IN (today, today + 1) THEN used_today + 1 ELSE 1 END
  FROM eased, (SELECT %s::date) AS now (today),
       (SELECT id FROM exchange_agreement WHERE id = ANY((SELECT string_to_array(%s, ' '))::text[])
         ORDER BY id FOR UPDATE) AS locked
 WHERE a.id = locked.id AND a.state = %s AND (a.total_quota IS NULL OR a.used_in_all < a.total_quota)
   AND (a.daily_quota IS NULL OR a.used_on IS NULL OR a.used_on NOT IN (today, today + 1) OR a.used_today < a.daily_quota)
RETURNING a.id
"""


def charge_agreements(agreements: Collection[str], today: date) -> Mapping[str, RefusalCode | None]:
    """One call of each, if it still holds and something is left; else why not."""
    charged = {id for (id,) in list_rows(CHARGE, [today, " ".join(agreements), AgreementState.GRANTED.value])}
    rows = models.Agreement.objects.filter(id__in=set(agreements) - charged) if len(charged) < len(agreements) else ()
    return {**dict.fromkeys(agreements, RefusalCode.REVOKED), **dict.fromkeys(charged), **{row.id: _say_why(row) for row in rows}}


def give_back_calls(agreements: Collection[str], today: date) -> None:
    """One call of each that has a quota: nobody was asked for it."""
    if not agreements:
        return
    rows = models.Agreement.objects.filter(id__in=agreements, used_in_all__gt=0).exclude(daily_quota=None, total_quota=None)
    list(rows.select_for_update().order_by("id").values_list("id"))  # in the order in which calls are charged
    used_today = Case(When(used_on=today, used_today__gt=0, then=F("used_today") - 1), default=F("used_today"), output_field=IntegerField())
    rows.update(used_in_all=F("used_in_all") - 1, used_today=used_today)


def _say_why(row: models.Agreement) -> RefusalCode:
    if row.state != AgreementState.GRANTED:
        return RefusalCode.SUSPENDED if row.state == AgreementState.SUSPENDED else RefusalCode.REVOKED
    is_spent = row.total_quota is not None and row.used_in_all >= row.total_quota
    return RefusalCode.TOTAL_QUOTA_SPENT if is_spent else RefusalCode.DAILY_QUOTA_SPENT
