"""The clock of an instance: as it is, shifted, or held; anything else is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miaopi.config import clock
from miaopi.kernel.errors import InputError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIAOPI_HOME", str(tmp_path))
    monkeypatch.delenv("MIAOPI_CLOCK", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("+P90D", timedelta(days=90)),
        ("-P1W", timedelta(weeks=-1)),
        ("PT2H30M5S", timedelta(hours=2, minutes=30, seconds=5)),
        ("P1DT1S", timedelta(days=1, seconds=1)),
    ],
)
def test_a_span_shifts_the_clock(text: str, span: timedelta) -> None:
    before = clock.now()
    clock.write_setting(text)
    shifted = clock.now() - span
    clock.write_setting("")
    assert before <= shifted <= clock.now()


def test_an_instant_holds_the_clock_and_the_empty_text_sets_it_right(monkeypatch: pytest.MonkeyPatch) -> None:
    clock.write_setting("2027-03-01T08:00:00+08:00")
    assert clock.now() == clock.now() == datetime(2027, 3, 1, tzinfo=UTC)
    monkeypatch.setenv("MIAOPI_CLOCK", "2028-02-29T00:00:00+00:00")
    assert clock.now() == datetime(2028, 2, 29, tzinfo=UTC)
    monkeypatch.delenv("MIAOPI_CLOCK")
    clock.write_setting("")
    assert clock.now().year < 2100
    assert clock.now() != datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["P1Y", "P1M", "P", "P1DT", "tomorrow", "2027-03-01", "2027-03-01T08:00:00"])
def test_a_setting_that_means_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        clock.write_setting(text)
    assert refused.value.field == "MIAOPI_CLOCK"
