"""The contract of `tests/unit/exchange/test_connectors.py` for servers that no wheel brings. Run by `./miaopi prove connectors`."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from miaopi.apps.exchange.adapters.dialects.mysql import MysqlConnector
from miaopi.apps.exchange.adapters.port import Emptiness, Rows, Term, Unsaid
from miaopi.apps.exchange.adapters.registers.counters.mysql import MysqlCounter
from miaopi.apps.exchange.adapters.registers.counters.tally import Pair
from miaopi.definitions.registers import Likeness
from miaopi.kernel.errors import UpstreamError
from tests.prove.servers.mariadb import DATABASE, BehindMaria, MariaDb
from tests.prove.servers.openssh import PACKAGES, OpenSsh
from tests.prove.servers.packages import unpacked
from tests.unit.exchange.certificates import write_certificate
from tests.unit.exchange.counterparts import NOW, Counterpart
from tests.unit.exchange.counterparts_sftp import BehindSftp
from tests.unit.exchange.test_connectors import (  # noqa: F401 - promises are collected here again, for this file's `make`
    ROW,
    question,
    test_a_column_that_is_gone_or_renamed_is_a_changed_schema_and_said_in_the_log,
    test_a_column_that_is_of_another_type_now_is_no_value_and_said_in_the_log,
    test_a_filter_that_tests_for_an_attack_shows_no_row,
    test_a_found_person_is_answered_with_the_asked_columns_alone,
    test_a_number_that_is_an_attack_is_nobodys,
    test_a_person_the_source_does_not_have_is_absent_by_rule,
    test_a_source_that_comes_back_is_asked_again,
    test_a_source_that_is_down_slow_or_mad_is_silent_in_time,
    test_a_value_that_is_an_attack_is_a_text_like_any_other,
    test_an_empty_column_passes_no_filter_and_leaves_a_predicate_open,
    test_nothing_of_an_outage_shows_address_secret_or_number,
    test_of_a_predicate_the_truth_alone_is_on_the_wire,
    test_only_asked_columns_are_on_the_wire,
    test_rows_outside_a_filter_are_not_shown_and_prove_no_absence,
    test_two_rows_for_one_key_are_both_handed_on,
    test_values_become_facts_of_their_types_whatever_the_wire,
    test_what_is_handed_on_never_holds_a_surplus_column,
    test_without_a_rule_an_empty_answer_says_nothing,
)
from tests.unit.exchange.test_counting import FIGURES, NEW, OLD, ROWS, source_of, suspicion

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="miaopi-servers-", ignore_cleanup_errors=True) as held:
        os.chmod(held, 0o755)  # noqa: S103 - the servers run as nobody
        yield Path(held)


@pytest.fixture(scope="module")
def mariadb(folder: Path) -> Iterator[MariaDb]:
    made = MariaDb(folder / "mariadb")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def openssh_root(folder: Path) -> Path:
    return unpacked(PACKAGES, folder / "openssh")


@pytest.fixture(params=["mariadb", "openssh"])
def make(request: pytest.FixtureRequest, folder: Path) -> Iterator[Make]:
    made: list[Counterpart] = []

    def counterpart(**how: Emptiness) -> Counterpart:
        if request.param == "mariadb":
            made.append(BehindMaria(request.getfixturevalue("mariadb"), **how))
        else:
            root, own = request.getfixturevalue("openssh_root"), folder / f"drop-{len(list(folder.iterdir()))}"
            made.append(BehindSftp(own, **how, serve=lambda shown: OpenSsh(root, shown, own.with_suffix(".own"))))
        return made[-1]

    yield counterpart
    for one in made:
        one.close()


def test_a_mariadb_statement_nobody_waits_for_ends_in_the_agencys_database(mariadb: MariaDb) -> None:
    agency = BehindMaria(mariadb)
    agency.hold([ROW])
    mariadb.execute("CREATE OR REPLACE VIEW person AS SELECT k.* FROM kept k WHERE SLEEP(20) = 0", database=DATABASE)
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=0.4)
    assert mariadb.execute("SELECT count(*) FROM information_schema.processlist WHERE user = 'miaopi' AND info LIKE '%%kept%%'") == ((0,),)
    agency.close()


def test_nothing_is_written_over_our_line_even_where_the_agency_would_allow_it(mariadb: MariaDb) -> None:
    agency = BehindMaria(mariadb)
    agency.hold([ROW])
    for statement in (
        "DROP FUNCTION IF EXISTS forget",
        "CREATE FUNCTION forget() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM notes; RETURN 1; END",
        "CREATE TABLE IF NOT EXISTS notes (note int)",
        "INSERT INTO notes VALUES (1)",
        "CREATE OR REPLACE VIEW person AS SELECT k.* FROM kept k WHERE forget() = 1",
    ):
        mariadb.execute(statement, database=DATABASE)
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place), seconds=2)
    assert mariadb.execute("SELECT count(*) FROM notes", database=DATABASE) == ((1,),)
    agency.close()


def test_with_a_certificate_to_check_by_the_line_is_sealed_and_the_server_is_the_right_one(mariadb: MariaDb, tmp_path: Path) -> None:
    agency = BehindMaria(mariadb)
    agency.hold([ROW])
    sealed = MysqlConnector("demo", {**agency.address, "ca": str(mariadb.certificate)})
    assert sealed.ask(question(agency.place, columns=("name",)), seconds=2) == Rows(({"name": "李测试"},))
    assert "李测试" not in agency.answered() and "SELECT" not in agency.asked()
    sealed.close()
    other, _ = write_certificate(tmp_path)
    wary = MysqlConnector("demo", {**agency.address, "ca": str(other)})
    with pytest.raises(UpstreamError):
        wary.ask(question(agency.place, columns=("name",)), seconds=2)
    agency.close()


def test_a_key_that_became_a_number_is_silence(mariadb: MariaDb) -> None:
    agency = BehindMaria(mariadb)
    agency.hold([ROW])
    mariadb.execute("UPDATE kept SET id_number = '110105194912310021'", database=DATABASE)
    mariadb.execute("CREATE OR REPLACE VIEW person AS SELECT CAST(id_number AS SIGNED) AS id_number, name FROM kept", database=DATABASE)
    with pytest.raises(UpstreamError):
        agency.connector.ask(question(agency.place, key="110105194912310021", columns=("name",)), seconds=2)
    agency.close()


def test_a_text_filter_of_mariadb_tells_signs_apart_that_its_order_takes_for_the_same(mariadb: MariaDb) -> None:
    agency = BehindMaria(mariadb)
    agency.hold([{**ROW, "name": "Abc"}])
    found = {}
    for said in ("Abc", "abc", "Abc ", "Ábc"):
        asked = dataclasses.replace(question(agency.place, columns=("name",)), where=(Term("name", "=", (said,), "string"),))
        found[said] = agency.connector.ask(asked, seconds=2)
    assert found == {"Abc": Rows(({"name": "Abc"},)), "abc": Unsaid(), "Abc ": Unsaid(), "Ábc": Unsaid()}
    agency.close()


def test_mariadb_counts_and_compares_its_own_rows(mariadb: MariaDb) -> None:
    agency = BehindMaria(mariadb)
    agency.hold(ROWS)
    counter = MysqlCounter("demo", agency.address)
    assert counter.count(source_of(agency), now=NOW) == FIGURES
    assert "李测试" not in agency.answered()
    agency.hold([{**ROW, "id_number": number} for number in (OLD, NEW)])
    assert list(counter.find_pairs(source_of(agency), suspicion(Likeness.OLD_NUMBER), now=NOW)) == [Pair(OLD, NEW, 90)]
    [pair] = counter.find_pairs(source_of(agency), suspicion(Likeness.SAME, "name", also=("birth_date",)), now=NOW)
    assert (pair.first, pair.second, pair.score) == (NEW, OLD, 100)
    agency.close()
