"""Among a million decisions the ones that used a record are listed in less than a second, decided again, and their people told.

A thousand of them go the whole way that a resident goes, in this process; the others have the rows that these have. Most are past
retention, as in a city of some years: their facts are erased, and twenty thousand are kept, each under a seal of its own.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.databases import OWNER, Server, running_server

DATABASE = "impact"
# Fewer than 200 belong elsewhere: of more the register of residents says “there is none”, and nobody believes it any more.
RESOURCE, FIELD, AGENCY = "household_registration", "hukou_region_code", "population"
HERE, ALSO_HERE, ELSEWHERE = "440305", "440304", "450103"
THRICE, AWAY = 100, 100  # people with three cases each; people whose register says, wrongly, that they belong elsewhere
RIGHTED, MOVED, UNMOVED, OLD = 50, 20, 10, 10  # records corrected: to an approval, away from one, without effect, after retention
DECISIONS_EACH, BUSIEST = 10, 5_000
AT_ONCE = 6  # residents at their browsers
MOST_ROUNDS, REST = 100, timedelta(minutes=1)  # of the worker; a source that was late is asked again in the next one
INSERTS, ROUNDS = 2_000, 5
COLUMNS = (
    "id, number, round, attempt, service, version, applicant, as_of, outcome, reason_codes, statement, receipt_digest, kept, decided_at, "
    "signature, signed_at, decided_by, confirmed_by, standing, used"
)
COPY = f"COPY approval_decision ({COLUMNS}) FROM STDIN"
# Rows like those of the template, past retention, for parties with their records; ids and numbers are drawn.
FILL = f"""
INSERT INTO approval_decision ({COLUMNS})
SELECT md5(random()::text || party.name || turn), to_char(day, 'YYYYMMDD') || '-' || upper(substr(md5(random()::text), 1, 9)), 1, 0,
       made.service, made.version, party.name, day, made.outcome, made.reason_codes, made.statement, made.receipt_digest, NULL,
       day + time '10:00', made.signature, made.signed_at, '', '', true, party.used
  FROM parties AS party, generate_series(1, party.decisions) AS turn, approval_decision AS made,
       LATERAL (SELECT date '2021-01-01' + (random() * 1800)::int + 0 * turn AS day) AS drawn
 WHERE made.id = %s
"""
# New decisions, each of six records that nobody used before.
INSERT = f"""
INSERT INTO approval_decision ({COLUMNS})
SELECT md5(random()::text || turn), made.number, 9, turn, {COLUMNS.split(", ", 4)[4].removesuffix(", used")},
       ARRAY(SELECT (random() * 9e18)::bigint FROM generate_series(1, 6) AS record WHERE turn > 0)
  FROM generate_series(1, %s) AS turn, approval_decision AS made
 WHERE made.id = %s
"""


@dataclass
class People:
    """Who applied, by party: the numbers of her cases, and the row that the agency has of her."""

    cases: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def opened(server: Server, folder: Path) -> Iterator[Any]:
    """The small city of the tests, on a database of its own."""
    os.environ |= {
        "MIAOPI_TEST_FOLDER": str(server.folder), "MIAOPI_TEST_SERVER": server.embedded.superuser_url(),
        "MIAOPI_DATABASE_URL": server.url(DATABASE), "DJANGO_SETTINGS_MODULE": "tests.settings",
    }  # fmt: skip
    import django

    django.setup()
    server.clone(DATABASE)
    from django.db import connections
    from django.test import override_settings

    from tests.unit.filing.scene import Scene

    scene = Scene(folder)
    with override_settings(**scene.settings):
        scene.open()
        yield scene
    connections.close_all()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def apply_for_real(scene: Any, made: int) -> People:
    """Residents who sign in, consent, see the draft and confirm it: each decision is made and kept as everybody's is."""
    from django.db import connections

    from tests.unit.filing.scene import ANNA, rows_of

    people = People()
    everybody = made - 2 * min(THRICE, made // 10)
    entered = []
    for serial in range(everybody):
        who = _resident(ANNA, serial)
        rows = rows_of(who)
        if serial >= everybody - min(AWAY, made // 4):
            rows["population"][RESOURCE][0][FIELD] = ELSEWHERE
        for agency, by_resource in rows.items():
            for name, found in by_resource.items():
                scene.rows[agency].setdefault(name, []).extend(found)
        entered.append((who, rows["population"][RESOURCE][0]))
    scene.publish()

    def come(serial: int) -> None:
        who, row = entered[serial]
        try:
            actor = scene.enter(who)
            people.rows[actor.id] = row
            for _ in range(3 if serial < min(THRICE, made // 10) else 1):
                case = scene.draft(by=actor)
                scene.confirm(case, by=actor)
                people.cases.setdefault(actor.id, []).append(case.number)
        finally:
            connections.close_all()
        if serial % 100 == 0:
            say(f"{serial} residents of {everybody}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(come, range(everybody)))
    return people


def _resident(like: Any, serial: int) -> Any:
    """A made-up resident with a number that checks itself."""
    from dataclasses import replace

    from miaopi.apps.identity.queries.id_number import CHECK_CHARACTERS, WEIGHTS

    digits = f"4403051970{1 + serial % 12:02d}{1 + serial // 12 % 28:02d}{serial // 336:03d}"
    check = CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]
    return replace(like, name=f"演示·{serial}", id_number=digits + check)


def fill(server: Server, template: str, count: int, kept: int) -> dict[str, int]:
    """`count` decisions more, for as many parties as give ten each, one with five thousand; how many each has."""
    import psycopg

    from miaopi.apps.approval.models import DecisionRow
    from miaopi.apps.approval.queries.decisions import seal_beside, unseal_beside
    from miaopi.apps.approval.queries.impact import compute_record
    from miaopi.apps.identity.api import pseudonym

    made = DecisionRow.objects.get(id=template)
    beside = unseal_beside(made.id, made.kept)
    assert beside is not None
    resources = sorted(resources_of(made))
    busiest = min(BUSIEST, count // 20)
    parties = {uuid.uuid4().hex: DECISIONS_EACH for _ in range((count - busiest) // DECISIONS_EACH)}
    parties[uuid.uuid4().hex] = count - sum(parties.values())
    used = {party: sorted(compute_record(name, pseudonym(party)) for name in resources) for party in parties}
    say(f"{len(parties)} people named by keyed digests of {len(resources)} records each")
    sealed = [party for party, decisions in parties.items() if decisions == DECISIONS_EACH][: kept // DECISIONS_EACH]
    with psycopg.connect(server.url(DATABASE, OWNER), autocommit=True) as owner, owner.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            for party in sealed:
                for turn in range(DECISIONS_EACH):
                    id_ = uuid.uuid4().hex
                    copy.write_row((
                        id_, f"20261001-{id_[:9].upper()}", 1, 0, made.service, made.version, party, made.as_of, made.outcome,
                        made.reason_codes, bytes(made.statement), made.receipt_digest, seal_beside(id_, beside),
                        made.decided_at - timedelta(days=turn), made.signature, made.signed_at, "", "", True, used[party],
                    ))  # fmt: skip
        cursor.execute("CREATE TEMPORARY TABLE parties (name text, used bigint[], decisions int)")
        with cursor.copy("COPY parties FROM STDIN") as copy:
            for party in parties.keys() - set(sealed):
                copy.write_row((party, used[party], parties[party]))
        cursor.execute(FILL, [template])
        cursor.execute("ANALYZE approval_decision")
    return parties


def resources_of(row: Any) -> set[str]:
    """The resources that a real decision used."""
    from miaopi.apps.approval.queries.impact import compute_record
    from miaopi.apps.catalogue.api import get_service
    from miaopi.apps.exchange.api import list_pulled
    from miaopi.apps.identity.api import pseudonym

    sourced = list_pulled(get_service(row.service, row.version).definition)
    return {name for name in sourced if compute_record(name, pseudonym(row.applicant)) in row.used}


def look_up(expected: Sequence[tuple[str, str, int]]) -> dict[str, object]:
    """Each record listed once, cold as it comes: how long, and whether exactly its decisions were found."""
    from miaopi.apps.approval.api import list_impact
    from miaopi.apps.identity.api import pseudonym

    took, found, wrong = [], 0, 0
    for party, resource, count in expected:
        began = time.perf_counter()
        listed = list_impact(resource=resource, subject=pseudonym(party))
        took.append(1000 * (time.perf_counter() - began))
        found += len(listed)
        wrong += len(listed) != count
    took.sort()
    return {
        "records": len(expected), "expected": sum(count for _, _, count in expected), "found": found, "wrong": wrong,
        "ms": {"p50": round(took[len(took) // 2], 2), "p95": round(took[len(took) * 95 // 100], 2), "max": round(took[-1], 2)},
    }  # fmt: skip


def find_plan() -> str:
    """How the database finds them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT id FROM approval_decision WHERE used @> ARRAY[1]::bigint[]")
        return "; ".join(row[0].strip() for row in cursor.fetchall() if "Scan" in row[0])


def cost_of_index(server: Server, template: str) -> dict[str, object]:
    """Microseconds of the server for a new decision with the index and without, by turns, in transactions that are undone."""
    import psycopg

    took: dict[str, list[float]] = {"with": [], "without": []}
    with psycopg.connect(server.url(DATABASE, OWNER)) as owner:
        for turn in range(2 * ROUNDS):
            name = ("with", "without")[turn % 2]
            if name == "without":
                owner.execute("DROP INDEX approval_decision_used")
            began = time.perf_counter()
            owner.execute(INSERT, [INSERTS, template])
            took[name].append(1e6 * (time.perf_counter() - began) / INSERTS)
            owner.rollback()
    with_, without = (statistics.median(took[name]) for name in ("with", "without"))
    return {"with": round(with_), "without": round(without), "more": round(with_ - without), "inserts": INSERTS, "rounds": ROUNDS}


def correct(scene: Any, people: People) -> tuple[list[str], dict[str, object]]:
    """The agency corrects records and says so; the log tells approval, and the worker's duty decides again."""
    from django.db import DatabaseError, connections

    from miaopi.apps.approval.api import run_redecisions
    from miaopi.apps.approval.models import DecisionRow, Redecision, RedecisionState
    from miaopi.apps.audit.api import run_after_handlers, sequence
    from miaopi.apps.exchange.api import report_correction
    from miaopi.apps.identity.api import Role, add_staff
    from miaopi.kernel.wording import Text
    from tests.unit.filing.scene import KEEPER, NOW

    steward = add_staff(
        staff_id="steward", name=Text(zh="演示管理员", en="Demo steward"), role=Role.STEWARD, office=AGENCY, queues=(), by=KEEPER, now=NOW
    ).actor
    thrice = [party for party, cases in people.cases.items() if len(cases) == 3][:UNMOVED]
    away = [party for party, row in people.rows.items() if row[FIELD] == ELSEWHERE][:RIGHTED]
    once = [party for party, cases in people.cases.items() if len(cases) == 1 and people.rows[party][FIELD] == HERE]
    moved, old = once[:MOVED], once[MOVED : MOVED + OLD]
    DecisionRow.objects.filter(applicant__in=old).update(kept=None)
    for parties, region in ((thrice, ALSO_HERE), (away, HERE), (moved, ELSEWHERE), (old, ELSEWHERE)):
        for party in parties:
            people.rows[party][FIELD] = region
    scene.publish()

    def hear() -> None:
        """What the worker does: follow the log to its end; a connection that was cut off is opened anew, and the batch read again."""
        has_more = True
        while has_more:
            try:
                has_more = bool(sequence() + run_after_handlers(now=later))
            except DatabaseError as error:
                say(f"cut off: {type(error).__name__}")
                connections.close_all()

    corrected, later = [*thrice, *away, *moved, *old], NOW + timedelta(days=30)
    hear()
    began = time.perf_counter()
    for party in corrected:
        report_correction(resource=RESOURCE, subject=party, fields=(FIELD,), by=steward, now=later)
    hear()
    noted = time.perf_counter()
    done, rounds, moment = 0, 0, later
    while Redecision.objects.filter(state=RedecisionState.DUE).exists() and rounds < MOST_ROUNDS:
        done, rounds, moment = done + run_redecisions(now=moment), rounds + 1, moment + REST
    decided = time.perf_counter()
    hear()
    return corrected, {
        "corrected": len(corrected), "ended": done, "rounds": rounds, "noted_s": round(noted - began, 2),
        "decided_again_s": round(decided - noted, 2),
    }  # fmt: skip


def count_up(corrected: Sequence[str], people: People) -> dict[str, object]:
    """What became of each, whether both versions can be read, and what people were told."""
    from miaopi.apps.approval.api import list_impact
    from miaopi.apps.approval.models import DecisionRow
    from miaopi.apps.approval.queries.decisions import unseal_beside
    from miaopi.apps.identity.api import pseudonym
    from miaopi.apps.licence.models import Licence
    from miaopi.apps.notification.models import Message

    listed = [each for party in corrected for each in list_impact(resource=RESOURCE, subject=pseudonym(party))]
    states = Counter(each.state for each in listed if each.state)
    both = 0
    for each in listed:
        if each.answer:
            before, after = DecisionRow.objects.get(id=each.decision), DecisionRow.objects.get(id=each.answer)
            seen = [unseal_beside(row.id, row.kept) for row in (before, after)]
            both += all(seen) and seen[0] != seen[1] and before.as_of == after.as_of and after.signature is not None
    told = Counter(Message.objects.filter(party__in=corrected, kind__in=("redecided", "reconsidered")).values_list("kind", flat=True))
    numbers = [number for party in corrected for number in people.cases[party]]
    licences = Counter(Licence.objects.filter(number__in=numbers, state="active").values_list("number", flat=True))
    return {
        "listed": sum(bool(each.state) for each in listed), "expected": len(numbers), "became": dict(sorted(states.items())),
        "decided_again": sum(bool(each.answer) for each in listed), "both_versions_readable": both, "notified": dict(told),
        "cases_with_two_licences_that_count": sum(count > 1 for count in licences.values()),
    }


def main(decisions: int = 1_000_000, made: int = 1_000, kept: int = 20_000, lookups: int = 1_000, seed: int = 1) -> dict[str, object]:
    """Returns counts, which must agree, and milliseconds. Asserts that no lookup takes a second."""
    draw = random.Random(seed)
    with running_server() as server, TemporaryDirectory(prefix="miaopi-impact-") as folder, opened(server, Path(folder)) as scene:
        from miaopi.apps.approval.models import DecisionRow

        began = time.perf_counter()
        people = apply_for_real(scene, made)
        applied = time.perf_counter()
        template = DecisionRow.objects.filter(outcome="approve").order_by("id").first()
        assert template is not None
        resources = sorted(resources_of(template))
        parties = fill(server, template.id, decisions - made, min(kept, decisions // 10))
        filled = time.perf_counter()
        total = DecisionRow.objects.count()
        say(f"{total} decisions")
        drawn = draw.sample(sorted(parties), lookups - lookups // 10)
        real = draw.sample(sorted(people.cases), min(lookups // 10, len(people.cases)))
        expected = [(party, draw.choice(resources), parties[party]) for party in drawn]
        expected += [(party, RESOURCE, len(people.cases[party])) for party in real]
        draw.shuffle(expected)
        busiest = max(parties, key=lambda party: parties[party])
        listing, largest, plan = look_up(expected), look_up([(busiest, RESOURCE, parties[busiest])]), find_plan()
        say(f"listed: {listing}, {largest}")
        index = cost_of_index(server, template.id)
        say(f"microseconds of an INSERT: {index}")
        corrected, timing = correct(scene, people)
        counts = count_up(corrected, people)
    result: dict[str, object] = {
        "decisions": total, "made_by_decide": made, "with_sealed_facts": min(kept, decisions // 10) + made, "seed": seed,
        "seconds": {"applying": round(applied - began), "filling": round(filled - applied)}, "listing": listing, "busiest_record": largest,
        "plan": plan, "insert_microseconds": index, "correction": {**timing, **counts},
    }  # fmt: skip
    say(str(result))
    assert total == decisions, total
    assert (listing["wrong"], largest["wrong"]) == (0, 0), listing
    assert max(listing["ms"]["max"], largest["ms"]["max"]) < 1000, (listing, largest)  # type: ignore[index]  # a dict of figures
    assert counts["listed"] == counts["expected"] == timing["ended"], result
    assert counts["decided_again"] == counts["both_versions_readable"], result
    assert counts["cases_with_two_licences_that_count"] == 0, result
    return result
