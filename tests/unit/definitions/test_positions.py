"""What a document of YAML holds, and where a mistake in it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from miaopi.definitions.positions import parse_yaml, plain
from miaopi.definitions.reader import Reader
from miaopi.kernel.errors import DefinitionError


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-3", -3), ("0", 0), ("-0", "-0"), ("007", "007"), ("1.5", "1.5"), ('"12"', "12"), ("true", True), ("~", None),
     ("9" * 1_000, 10**1_000 - 1), (f'"{"9" * 5_000}"', "9" * 5_000)],
    ids=["12", "-3", "0", "-0", "007", "1.5", "quoted", "true", "null", "long", "quoted long"],
)  # fmt: skip
def test_a_plain_word_is_what_it_looks_like(text: str, value: object) -> None:
    assert plain(parse_yaml(f"a: [{text}]", "facts.yaml")) == {"a": [value]}


@pytest.mark.parametrize("number", ["9" * 1_001, "-" + "9" * 5_000], ids=["1,001", "-5,000"])
def test_a_number_that_is_too_long_is_refused_where_it_stands(number: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        plain(parse_yaml(f"a: 1\nb:\n  - {number}", "facts.yaml"))
    assert (caught.value.where, caught.value.message) == (
        "facts.yaml:3", "a number has at most 1,000 digits; between quotes it is text",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("digits", "length", "findings"), [(9, timedelta(days=999_999_999), 0), (10, timedelta(0), 1), (5_000, timedelta(0), 1)]
)
def test_a_duration_is_one_that_can_be_held(digits: int, length: timedelta, findings: int) -> None:
    reader = Reader()
    assert reader.duration(parse_yaml("9" * digits + " days", "facts.yaml")) == length
    assert [finding.where for finding in reader.findings] == ["facts.yaml:1"] * findings
