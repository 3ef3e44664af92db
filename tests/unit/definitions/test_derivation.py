"""Derived values are found in an order in which each reads only what stands before it, however they stand in the file."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from miaopi.definitions.positions import parse_yaml
from miaopi.definitions.reader import Reader
from miaopi.definitions.rules import RulesFile, read_rules_file
from miaopi.definitions.tables import Models
from miaopi.kernel.expr import Type

NUMBER = Type("number")
DIPLOMA = Type("context", entries=(("level", Type("string")), ("year", NUMBER)))
NAMES = {"base": NUMBER, "diplomas": Type("list", DIPLOMA)}


def read(values: Mapping[str, str]) -> tuple[RulesFile, list[tuple[str, str]]]:
    """What is made of these derived values, and each finding as its line and message; a value stands on lines 4, 7, 10 …"""
    lines = [f"  {name}:\n    label: {{zh: 值, en: Value}}\n    value: '{text}'" for name, text in values.items()]
    root = parse_yaml("\n".join(["derived:", *lines, "reasons: {}", "conditions: []", "values: {}"]), "rules.yaml")
    reader = Reader()
    rules = read_rules_file(reader, root, NAMES, {}, Models(reader, {}, ""))
    return rules, [(finding.where, finding.message) for finding in reader.findings]


def test_a_chain_from_its_end_takes_as_long_as_it_is() -> None:
    steps = {f"step_{at}": f"step_{at - 1} + 1" if at else "base" for at in reversed(range(2_000))}
    took = []
    for _ in range(3):
        began = time.process_time()
        rules, findings = read(steps)
        took.append(time.process_time() - began)
    assert (list(rules.derived), findings) == ([*reversed(steps)], [])
    assert min(took) < 10, took  # with what it takes to parse the file; each step tried in each round took a minute


def test_a_string_without_an_end_is_looked_through_once() -> None:
    began = time.process_time()
    _, findings = read({"one": '"' + r"\"" * 30_000 + "\\"})
    assert findings == [("rules.yaml:4", "character 1: the string has no closing quotation mark")]
    assert time.process_time() - began < 6  # from each mark in it to the end took twelve seconds


@pytest.mark.parametrize(
    "values",
    [
        {"level": "chosen.level", "chosen": 'diplomas[item.level = "本科"][1]'},
        {"year": "base", "first": "(for year in diplomas return year.year)[1] + other", "other": "year"},
        {"one": 'if two = "two" then 1 else 2', "two": '"one"'},
        {"one": "two + 1 /* not three */", "two": "base", "three": "one // two, three"},
        {"one": "(for two in [1, 2] return two)[1] + three", "two": "one", "three": "(for one in [1] return one)[1]"},
    ],
    ids=["a field of the item", "a part", "a string", "a remark", "a loop"],
)
def test_a_name_that_is_none_of_ours_where_it_stands_makes_no_circle(values: Mapping[str, str]) -> None:
    rules, findings = read(values)
    assert (set(rules.derived), findings) == (set(values), [])


def test_what_reads_itself_round_about_is_named_where_it_stands() -> None:
    _, findings = read({"one": "two + 1", "two": "three + 1", "three": "one + 1", "own": "own + 1", "good": "base"})
    assert [where for where, _ in findings] == ["rules.yaml:4", "rules.yaml:7", "rules.yaml:13"]
    assert [message.partition(";")[0] for _, message in findings] == [
        f"character 1: there is no name {name}" for name in ("two", "three", "own")
    ]


def test_a_name_that_is_not_there_is_named_where_it_stands() -> None:
    rules, findings = read({"one": "bass + 1", "good": "base + 1"})
    assert findings == [("rules.yaml:4", "character 1: there is no name bass; is base meant?")]
    assert list(rules.derived) == ["good"]
