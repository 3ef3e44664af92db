"""An age in a row filter or predicate says of each day of birth what the law's own reckoning says of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from miaopi.apps.exchange.adapters.configuration import Column, Source
from miaopi.apps.exchange.adapters.filters import is_inside, read_filter
from miaopi.apps.exchange.adapters.port import Emptiness, Place
from miaopi.kernel.calendar import age_on

SOURCE = Source(Place("person", "demo", "person", "person", "id_number", Emptiness.EMPTY), {"born": Column("born", "date")})
FIRST = [date(year, 2, day) for year in (1948, 1952, 2004) for day in (28, 29)]
LAST = [date(2024, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2026, 12, 31)]
HOLDS = {"=": int.__eq__, "<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}


@given(
    birth=st.dates(date(1900, 1, 1), date(2024, 1, 1)) | st.sampled_from(FIRST),
    today=st.dates(date(2024, 1, 1), date(2030, 12, 31)) | st.sampled_from(LAST),
    years=st.integers(0, 130), operator=st.sampled_from(list(HOLDS)), near=st.booleans(),
)  # fmt: skip
def test_an_age_of_a_filter_is_the_age_of_the_law(birth: date, today: date, years: int, operator: str, near: bool) -> None:
    wanted = age_on(birth, today) if near else years
    terms = read_filter(f"age on(born, today) {operator} {wanted}", SOURCE, today)
    assert is_inside({"born": birth}, terms) is HOLDS[operator](age_on(birth, today), wanted)
