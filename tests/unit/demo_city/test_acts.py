"""Acts that the platform enters into an agency's own register: once under their key, by a credential that can read nothing, and refused
with one word where the register will not have them."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from demo_city.agencies.modes import Mode
from demo_city.population.people import Person, age_on
from tests.unit.demo_city.conftest import DAY, City
from tests.waiting import LONG

pytestmark = pytest.mark.xdist_group("small city")

LANDING = {
    "hukou_region_code": "440304", "hukou_address": "示例市演示路1号演示人才集体户", "police_station": "演示派出所",
    "household_type": "集体户", "registered_on": "2026-11-24",
}  # fmt: skip
GROUND = "户口登记条例 第十条"


def key() -> str:
    return secrets.token_hex(8)


def mover(city: City) -> Person:
    """Somebody alive whose hukou is elsewhere, by the register as it stands."""
    with city.owner("population") as register:
        row = register.execute(
            "SELECT p.serial FROM kept.people p JOIN kept.hukou h USING (serial)"
            " WHERE p.life_status = '正常' AND h.status = '正常' AND h.hukou_region_code NOT LIKE '4403%%' ORDER BY random() LIMIT 1"
        ).fetchone()
    assert row is not None
    return city.population.person(row["serial"])


def sql_act(city: City, agency: str, act: str, person: str, record: dict[str, Any], of: str) -> dict[str, Any]:
    with city.writer(agency) as desk:
        row = desk.execute(f"SELECT reference, at FROM {act}(%s, %s, %s, %s)", [of, person, Jsonb(record), GROUND]).fetchone()
    assert row is not None
    return row


def move(city: City, person: Person, record: dict[str, Any] = LANDING, *, of: str) -> dict[str, Any]:
    return sql_act(city, "population", "act_ga_003", person.id_number, record, of)


def count_moves(city: City, person: Person) -> int:
    with city.owner("population") as register:
        row = register.execute("SELECT count(*) FROM kept.moves WHERE serial = %s", [person.serial]).fetchone()
    assert row is not None
    return int(row["count"])


def test_a_move_changes_the_household_register_and_leaves_an_entry(city: City) -> None:
    person = mover(city)
    [before] = city.read("household_registration", person)
    done = move(city, person, of=key())
    [after] = city.read("household_registration", person)
    assert (after["hukou_region_code"], after["hukou_address"], after["registered_on"].isoformat()) == (
        LANDING["hukou_region_code"], LANDING["hukou_address"], LANDING["registered_on"],
    )  # fmt: skip
    assert (after["police_station"], after["household_type"], after["status"]) == ("演示派出所", "集体户", "正常")
    with city.owner("population") as register:
        entry = register.execute(
            "SELECT m.*, a.ground FROM kept.moves m JOIN kept.acts a USING (reference) WHERE serial = %s", [person.serial]
        ).fetchone()
    assert entry is not None
    assert (entry["reference"], entry["ground"]) == (done["reference"], GROUND)
    assert (entry["from_region_code"], entry["from_address"]) == (before["hukou_region_code"], before["hukou_address"])


def test_the_same_key_and_content_is_the_same_move(city: City) -> None:
    person, of = mover(city), key()
    assert move(city, person, of=of) == move(city, person, of=of)
    assert count_moves(city, person) == 1


def test_one_key_in_two_hands_at_once_is_one_move(city: City) -> None:
    person, of, seen = mover(city), key(), list[str]()
    hands = [threading.Thread(target=lambda: seen.append(move(city, person, of=of)["reference"])) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(LONG)
    assert len(seen) == 6 and len(set(seen)) == 1 and count_moves(city, person) == 1


def test_a_key_with_another_content_is_refused(city: City) -> None:
    person, of = mover(city), key()
    move(city, person, of=of)
    with pytest.raises(psycopg.errors.UniqueViolation, match="key_used"):
        move(city, person, {**LANDING, "hukou_address": "别处"}, of=of)
    assert city.read("household_registration", person)[0]["hukou_address"] == LANDING["hukou_address"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"hukou_region_code": "440106"}, "not_in_this_city"), ({"hukou_region_code": None}, "not_in_this_city"),
        ({"hukou_address": ""}, "no_place"), ({"police_station": None}, "no_place"),
        ({"registered_on": None}, "no_such_day"), ({"registered_on": "2999-01-01"}, "no_such_day"),
        ({"registered_on": "tomorrow"}, "no_such_day"), ({"registered_on": "2026-02-30"}, "out of range"),
    ],
)  # fmt: skip
def test_a_move_that_cannot_be_is_refused_with_a_word(city: City, change: dict[str, Any], word: str) -> None:
    person = mover(city)
    before = city.read("household_registration", person)
    with pytest.raises(psycopg.DatabaseError, match=word):
        move(city, person, {**LANDING, **change}, of=key())
    assert city.read("household_registration", person) == before and count_moves(city, person) == 0


def test_who_lives_no_more_or_is_here_already_does_not_move(city: City) -> None:
    dead = next(each for each in city.population.people if each.life_status == "死亡")
    here = next(each for each in city.population.people if each.has_hukou_here and each.is_alive)
    for person, word in ((dead, "not_alive"), (here, "already_here")):
        with pytest.raises(psycopg.errors.RaiseException, match=word):
            move(city, person, of=key())
    with pytest.raises(psycopg.errors.RaiseException, match="no_such_person"):
        sql_act(city, "population", "act_ga_003", "110105194912310021", LANDING, key())


def test_writers_can_read_nothing_and_readers_write_nothing(city: City) -> None:
    with city.writer("population") as desk, pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("SELECT * FROM household_registration")
    with city.writer("population") as desk, pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("SELECT kept.act_ga_003('k', 'n', '{}', 'g')")
    with city.reader() as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT act_ga_003('k', 'n', '{}', 'g')")


def test_an_act_whose_answer_was_lost_is_answered_when_asked_again(city: City) -> None:
    """Wrong: it was carried out and said nothing that could be read. Slow: nobody waited, and nothing was done."""
    person, of = mover(city), key()
    city.turn("population", Mode.SLOW)
    with city.writer("population") as desk:
        desk.execute("SET statement_timeout = 300")
        with pytest.raises(psycopg.errors.QueryCanceled):
            desk.execute("SELECT * FROM act_ga_003(%s, %s, %s, %s)", [of, person.id_number, Jsonb(LANDING), GROUND])
    assert count_moves(city, person) == 0
    city.turn("population", Mode.WRONG)
    assert move(city, person, of=of)["reference"] == ""
    assert count_moves(city, person) == 1
    city.turn("population", Mode.DOWN)
    with pytest.raises(psycopg.OperationalError):
        city.writer("population")
    city.turn("population", Mode.UP)
    assert move(city, person, of=of)["reference"].startswith("GA-003-")
    assert count_moves(city, person) == 1


def open_case(city: City, person: Person, number: str, of: str) -> dict[str, Any]:
    record = {"case_no": number, "district": "440304", "status": "已核准", "approved_on": "2026-11-24", "valid_to": "2999-01-01"}
    return sql_act(city, "hr", "act_rs_001", person.id_number, record, of)


def stranger(city: City) -> Person:
    return secrets.choice([each for each in city.population.people if each.is_alive and not each.talent_cases])


def test_an_introduction_is_entered_is_open_and_lapses(city: City) -> None:
    person, number, of = stranger(city), f"T{key()}", key()
    assert city.read("talent_introduction", person, agency="hr") == []
    first = open_case(city, person, number, of)
    assert open_case(city, person, number, of) == first
    [told] = city.read("talent_introduction", person, agency="hr")
    assert (told["status"], told["open_case"], told["open_case_no"]) == ("已核准", True, number)
    with pytest.raises(psycopg.errors.RaiseException, match="open_case"):
        open_case(city, person, f"T{key()}", key())
    sql_act(city, "hr", "act_rs_001", person.id_number, {"case_no": number, "status": "失效"}, key())
    [told] = city.read("talent_introduction", person, agency="hr")
    assert (told["status"], told["open_case"], told["open_case_no"], told["district"]) == ("失效", False, None, "440304")


def test_without_a_number_the_open_case_is_meant_and_nobody_alters_anothers(city: City) -> None:
    person, other, number = stranger(city), stranger(city), f"T{key()}"
    open_case(city, person, number, key())
    with pytest.raises(psycopg.errors.RaiseException, match="case_of_another"):
        sql_act(city, "hr", "act_rs_001", other.id_number, {"case_no": number, "status": "已用"}, key())
    sql_act(city, "hr", "act_rs_001", person.id_number, {"status": "已用"}, key())
    assert city.read("talent_introduction", person, agency="hr")[0]["status"] == "已用"
    with pytest.raises(psycopg.errors.RaiseException, match="no_such_case"):
        sql_act(city, "hr", "act_rs_001", person.id_number, {"status": "失效"}, key())


def post_act(city: City, person: str, record: dict[str, Any], of: str) -> tuple[int, dict[str, Any]]:
    sent = {"act": "MZ-001", "key": of, "id_number": person, "record": record, "ground": GROUND}
    status, content = city.post("civil-affairs", "/act", sent, token=city.premises.secrets()["civil-affairs.writer"])
    return status, json.loads(content)


def unpaid(city: City) -> Person:
    with city.owner("civil-affairs") as register:
        row = register.execute("SELECT id_number FROM old_age_allowance_ledger WHERE NOT active ORDER BY random() LIMIT 1").fetchone()
    assert row is not None
    return next(each for each in city.population.people if each.id_number == row["id_number"])


def ledger(city: City, person: Person) -> dict[str, Any]:
    answer = city.ask("civil-affairs", "old_age_allowance_ledger", person, "active", "active_since")[1]
    found: dict[str, Any] = json.loads(answer)["records"][0]
    return found


def test_an_allowance_is_opened_once_and_ended(city: City) -> None:
    person, of = unpaid(city), key()
    status, first = post_act(city, person.id_number, {"active": "true", "active_since": "2026-11"}, of)
    assert status == 200 and first["reference"].startswith("MZ-001-") and datetime.fromisoformat(first["at"]).tzinfo
    assert post_act(city, person.id_number, {"active": "true", "active_since": "2026-11"}, of) == (200, first)
    assert ledger(city, person) == {"active": True, "active_since": "2026-11"}
    assert post_act(city, person.id_number, {"active": "true", "active_since": "2026-12"}, of)[0] == 409
    assert post_act(city, person.id_number, {"active": "true", "active_since": "2026-12"}, key()) == (422, {"error": "already_paid"})
    assert post_act(city, person.id_number, {"active": "false", "stopped_month": "2027-01"}, key())[0] == 200
    assert ledger(city, person) == {"active": False, "active_since": None}
    assert post_act(city, person.id_number, {"active": "false", "stopped_month": "2027-01"}, key()) == (422, {"error": "no_such_row"})


@pytest.mark.parametrize("record", [{}, {"active": "yes"}, {"active": "true"}, {"active": "true", "active_since": "2026-13"}])
def test_an_act_that_says_too_little_is_refused(city: City, record: dict[str, Any]) -> None:
    assert post_act(city, unpaid(city).id_number, record, key()) == (422, {"error": "malformed"})


def test_the_desk_is_not_opened_with_the_readers_token(city: City) -> None:
    assert city.post("civil-affairs", "/act", {})[0] == 401
    assert city.post("civil-affairs", "/query", {}, token=city.premises.secrets()["civil-affairs.writer"])[0] == 401
    young = next(each for each in city.population.people if age_on(each.birth_date, DAY) < 40)
    assert post_act(city, young.id_number, {"active": "true", "active_since": "2026-11"}, key()) == (422, {"error": "no_such_person"})


def pay(city: City, of: str, fen: object = 20000, account: str = "6217**********0001") -> tuple[int, dict[str, Any]]:
    status, content = city.post("bank", "/pay", {"key": of, "account": account, "amount_fen": fen, "remark": "演示"})
    return status, json.loads(content)


def count_payments(city: City, of: str) -> int:
    with city.owner("bank") as book:
        row = book.execute("SELECT count(*) FROM payments WHERE key = %s", [of]).fetchone()
    assert row is not None
    return int(row["count"])


def test_a_bank_pays_a_key_once(city: City) -> None:
    of = key()
    status, first = pay(city, of)
    assert status == 200 and pay(city, of) == (200, first)
    assert pay(city, of, 20001)[0] == 409
    assert count_payments(city, of) == 1


@pytest.mark.parametrize("fen", [0, -1, "20000", 200.5, True, None])
def test_a_bank_pays_whole_fen_above_nought(city: City, fen: object) -> None:
    assert pay(city, key(), fen) == (422, {"error": "no_such_amount"})


def test_a_bank_does_not_pay_into_an_account_that_is_not_in_order(city: City) -> None:
    with city.owner("bank") as book:
        row = book.execute("SELECT account FROM accounts WHERE status = '注销' LIMIT 1").fetchone()
    assert row is not None
    assert pay(city, key(), account=row["account"]) == (422, {"error": "account_closed"})


@pytest.mark.parametrize("mode", [Mode.WRONG, Mode.CONFLICT])
def test_a_payment_whose_answer_cannot_be_read_is_paid_once_all_the_same(city: City, mode: Mode) -> None:
    of = key()
    city.turn("bank", mode)
    content = city.post("bank", "/pay", {"key": of, "account": "6217**********0001", "amount_fen": 20000, "remark": "演示"})[1]
    try:
        assert "reference" not in json.loads(content)
    except ValueError:
        assert mode is Mode.WRONG
    city.turn("bank", Mode.UP)
    assert pay(city, of)[0] == 200 and count_payments(city, of) == 1
