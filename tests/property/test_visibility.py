"""Visibility classes, whatever they are: less is never seen later, and what is written reads back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from miaopi.apps.exchange.queries.visibility import Shown, Visibility, read_visibility

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
CLASSES = st.one_of(
    st.sampled_from([Visibility(), Visibility(Shown.WITHHELD)]),
    st.builds(Visibility, st.just(Shown.DEFERRED), days=st.integers(1, 9999)),
    st.builds(Visibility, st.just(Shown.DEFERRED), until=st.dates(date(2026, 1, 1), date(2031, 1, 1))),
)


def shown_at(visibility: Visibility, at: datetime) -> datetime:
    return visibility.compute_release(at) or at + timedelta(days=36500)


@given(CLASSES, CLASSES, MOMENTS)
def test_what_a_class_covers_is_never_seen_later(wider: Visibility, narrower: Visibility, at: datetime) -> None:
    if wider.covers(narrower):
        assert shown_at(narrower, at) <= shown_at(wider, at)
    assert wider.covers(wider) and wider.covers(Visibility()) and Visibility(Shown.WITHHELD).covers(wider)


@given(CLASSES, MOMENTS)
def test_a_look_is_never_shown_before_it_happened_and_a_class_reads_back(visibility: Visibility, at: datetime) -> None:
    assert shown_at(visibility, at) >= at
    assert read_visibility(str(visibility)) == visibility
