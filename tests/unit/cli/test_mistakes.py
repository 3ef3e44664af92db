"""Whoever mistypes is told in both languages what was wrong and what was perhaps meant."""

from __future__ import annotations

import json

import pytest

from miaopi.cli.app import main


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["servce", "list"], "没有动词“servce”。您是不是要 service？", "there is no verb 'servce'. Did you mean service?"),
        (["service", "lst"], "没有动词“lst”。您是不是要 list？", "there is no verb 'lst'. Did you mean list?"),
        (["service", "show"], "缺少 NAME。加 --help 查看用法。", "NAME is missing. --help tells how it is written."),
        (["ledger", "prove", "--entri", "3"],
         "没有选项 --entri。您是不是要 --entry？", "there is no option --entri. Did you mean --entry?"),
        (["service", "list", "now"], "多出一个词“now”。", "the word 'now' is one too many."),
        (["decide", "x", "--on", "99"],
         "--on 的值“99”读不出来（需要 date）。写法如 2027-06-30。",
         "the value “99” of --on cannot be read as date. Write it like 2027-06-30."),
    ],
)
def test_a_mistake_is_named_with_the_way_on(words: list[str], zh: str, en: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["kind"] == "InputError"
    assert error["text"]["zh"].startswith(zh)
    assert error["text"]["en"].startswith(f"arguments: {en}")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["exchange", "pull", "population_basic", "--receipt", "x"], "fields"),
        (["exchange", "resources", "--search", "x", "--limit", "0"], "--limit"),
        (["exchange", "resources", "--search", "x", "--column", "y"], "arguments"),
    ],
)
def test_what_cannot_be_asked_of_the_exchange_is_named(words: list[str], field: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["field"]) == ("InputError", field)
    assert all(error[part][language] for part in ("rule", "remedy") for language in ("zh", "en"))
