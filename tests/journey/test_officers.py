"""A case that the rules refer is decided by a person, from the terminal, on real parts; and its applicant sees who looked."""

from __future__ import annotations

import random

from tests.journey.cities import City
from tests.journey.registers import clean_residents

REASON = ("--reason", "经核实，记录属于同名他人。", "--reason-en", "Checked: the record is another person's.")
BASIS = ("--basis", "公安机关办理犯罪记录查询工作规定,第十条")


def referred(city: City, draw: int) -> tuple[str, str]:
    """Somebody about whom two answers of one agency differ, and the number of her case."""
    [serial] = clean_residents(city.home, random.Random(draw), 1, hukou_elsewhere=True)
    who = f"p{serial:06d}"
    city.agency("criminal", "conflict")
    applied = city.verb("apply", "no-criminal-record", "--as", who, "--set", "purpose=abroad", "--yes")
    city.agency("criminal", "up")
    assert applied["outcome"] == "refer"
    assert applied["ahead"]["due_at"]
    return who, applied["number"]


def test_an_officer_decides_and_the_applicant_reads_why_and_who_looked(city_to_break: City) -> None:
    city = city_to_break
    who, number = referred(city, 11)
    listed = city.verb("case", "list", "--as", "officer1")["cases"]
    assert number in [row["number"] for row in listed]
    city.verb("case", "take", number, "--as", "officer1")
    view = city.verb("case", "show", number, "--as", "officer1")
    assert view["may"] == ["decide", "supplement", "put_back"]
    values = [word for name in view["open_values"] for word in ("--set", f"{name}=演示")]
    made = city.verb("case", "approve", number, "--as", "officer1", *REASON, *BASIS, *values)
    assert (made["outcome"], made["awaits_second"]) == ("approve", False)
    shown = city.verb("application", "show", number, "--as", who)
    assert (shown["outcome"], shown["decided_by"]) == ("approve", "officer1")
    assert shown["reasons"][0]["text"]["zh"] == REASON[1]
    assert shown["licence"]
    looks = city.verb("ledger", "accesses", "--as", who)["accesses"]
    assert [look["actor"]["id"] for look in looks if look["kind"] == "approval.CaseRead"] == ["officer1"]


def test_where_two_must_agree_the_second_confirms_and_the_rest_follows_by_itself(city_to_break: City) -> None:
    city = city_to_break
    city.agency("civil-affairs", "conflict")
    applied = city.verb("apply", "old-age-allowance", "--as", "elder", "--yes")
    city.agency("civil-affairs", "up")
    assert (applied["outcome"], [reason["code"] for reason in applied["reasons"]]) == ("refer", ["SRC-CONFLICT"])
    number = applied["number"]
    city.verb("case", "take", number, "--as", "officer1")
    view = city.verb("case", "show", number, "--as", "officer1")
    assert view["four_eyes"]
    assert {fact["fact"] for fact in view["facts"] if fact["in_question"]} >= {"card.holder_id", "ledger.active"}
    values = [word for name in view["open_values"] for word in ("--set", f"{name}=演示")]
    assert values  # the account: no amount and no month is an officer's to say
    city.verb("case", "approve", number, "--as", "officer1", "--set", "amount=9999.00", *REASON, *BASIS, *values, code=2)
    assert city.verb("case", "approve", number, "--as", "officer1", *REASON, *BASIS, *values)["awaits_second"]
    city.verb("case", "confirm", number, "--as", "officer1", code=2)
    city.verb("case", "confirm", number, "--as", "officer2")
    shown = city.verb("application", "show", number, "--as", "elder")
    assert (shown["outcome"], shown["decided_by"], shown["confirmed_by"]) == ("approve", "officer1", "officer2")
    assert shown["values"]["amount"] == view["values"]["amount"]
    assert shown["licence"]


def test_an_officer_is_no_citizen_and_a_citizen_no_officer(city_to_break: City) -> None:
    city = city_to_break
    who, number = referred(city, 12)
    city.verb("case", "list", "--as", who, code=3)
    city.verb("case", "list", "--as", "clerk1", code=3)
    city.verb("case", "show", number, "--as", who, code=3)
    city.verb("apply", "no-criminal-record", "--as", "officer1", "--yes", code=3)
    city.verb("application", "show", number, "--as", "officer1", code=6)
