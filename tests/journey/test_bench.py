"""`bench apply` says how far confirm → result is from what the database alone could do (Show 9)."""

from __future__ import annotations

from tests.journey.cities import City


def test_the_benchmark_counts_statements_rows_and_rounds(city: City) -> None:
    found = city.verb("bench", "apply", "--rounds", "2", "--confirms", "4", "--clients", "2", "--seconds", "1")
    assert found["statements"] <= 8
    assert found["statement_kinds"][0] == "BEGIN" and found["statement_kinds"][-1] == "COMMIT"
    assert found["rounds"] == len(found["ratios"]) == 2
    assert found["confirmed"] == 8
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["ceiling"]["rows_counted"] > 0
    assert found["peers"]["ceiling"] > found["ours"] > 0
