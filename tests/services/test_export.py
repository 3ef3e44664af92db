"""A service as a DMN model: valid by the norm's schema, and with the same values as `decide` where every fact is known."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xmlschema

from miaopi.cli.app import main
from miaopi.definitions import ServicePackage, dmn, list_services
from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.reader import Reader
from miaopi.kernel.decision import Derived
from miaopi.kernel.decision.case import Case, open_case
from miaopi.kernel.decision.drawing import draw, name_of
from miaopi.kernel.dmn import Model, parse
from miaopi.kernel.dmn.writing.document import Norm
from miaopi.kernel.expr import Expression, Undetermined
from miaopi.kernel.fact import Absent, Known
from tests.services.reference import ROOT

SCHEMA = Path(os.environ.get("MIAOPI_SHARED") or ROOT.parent / "shared") / "dmn-tck/DMN15.xsd"
PACKAGES = list_services(ROOT / "services")


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    if not SCHEMA.is_file():
        print("no schema of DMN 1.5: set MIAOPI_SHARED to the folder that holds dmn-tck")
        assert os.environ.get("CI") != "true"
        pytest.skip("no schema of DMN 1.5")
    return xmlschema.XMLSchema(SCHEMA)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.slug)
def test_an_export_is_valid_by_the_schema_of_the_norm(package: ServicePackage, schema: xmlschema.XMLSchema) -> None:
    for day in (date(2021, 12, 31), date(2026, 11, 23)):
        written = draw(package.definition, package.name, on=day)
        assert [str(error) for error in schema.iter_errors(written)] == []


def test_what_is_no_model_is_not_valid(schema: xmlschema.XMLSchema) -> None:
    written = draw(PACKAGES[0].definition, PACKAGES[0].name, on=date(2026, 11, 23))
    for old, new in (("<variable ", "<variables "), ('href="#', 'ref="#'), ("dc:Bounds", "dc:Bound"), ('id="model"', 'id="1 2"')):
        assert not schema.is_valid(written.replace(old, new, 1))


def is_settled(case: WorkedCase, package: ServicePackage) -> bool:
    """Whether everything is known or absent, the law has begun, nothing is replaced for a trial, and the case says no derived fact."""
    definition = package.definition
    said = all(isinstance(fact, Known | Absent) for fact in case.facts.values())
    begun = definition.in_force is None or case.on >= definition.in_force.since
    return said and begun and not case.overrides and not case.facts.keys() & definition.derived.keys()


def expected(opened: Case) -> Iterator[tuple[str, object]]:
    """Each decision of the model with what `decide` makes of it; what went wrong or nobody could say is left out."""
    definition = opened.definition
    rules: dict[str, Expression] = {name: one.value for name, one in definition.derived.items() if isinstance(one, Derived)}
    rules |= {name_of(one): one.holds for one in opened.conditions}
    rules |= {f"outcome.{name}": value for name, value in definition.values.items()}
    for name, rule in rules.items():
        value = rule.evaluate(opened.scope)
        if not isinstance(value, Undetermined):
            yield name, value
    yield from ((name, opened.scope[name]) for name in definition.parameters)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.slug)
def test_the_model_decides_as_the_service_does(package: ServicePackage) -> None:
    definition, models, compared = package.definition, dict[date, Model](), 0
    for case in read_cases(Reader(), package):
        if not is_settled(case, package):
            continue
        if case.on not in models:
            models[case.on] = parse(draw(definition, package.name, on=case.on).encode())
            assert models[case.on].findings == ()
        opened = open_case(definition, case.facts, as_of=case.on, settings=case.settings, overrides={})
        known = {name: value for name, value in opened.scope.items() if not isinstance(value, Undetermined)}
        inputs = {name: known.get(name) for name in models[case.on].inputs}
        for name, value in expected(opened):
            found, errors = models[case.on].evaluate_traced(name, inputs)
            assert found == value, f"{case.name}, {name}: {found!r} for {value!r}; {errors}"
            compared += 1
    assert compared > 500


def test_the_command_writes_the_model_of_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "allowance.dmn"
    assert main(["dmn", "export", "old-age-allowance", "--on", "2021-02-28", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["on"] == "2021-02-28"
    model = dmn.load(out)
    assert (str(model.evaluate("min_age", {})), model.evaluate("monthly_amount.70-79", {})) == ("80", None)
    assert main(["dmn", "export", "old-age-allowance", "--on", "2021-03-01", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)["model"]
    assert str(parse(written.encode()).evaluate("min_age", {})) == "70"
    assert "深圳市高龄老人津贴发放管理办法" in written and "年满起始年龄" in written
    assert main(["dmn", "export", "old-age-allowance", "--on", "2021-03-01"]) == 0
    assert capsys.readouterr().out.rstrip("\n") == written.rstrip("\n")


def test_the_older_norm_differs_in_its_namespaces_alone() -> None:
    package = PACKAGES[0]
    newer, older = (draw(package.definition, package.name, on=date(2026, 11, 23), norm=norm) for norm in Norm)
    assert newer != older and newer.replace("/20230324/", "/20191111/") == older
    assert parse(older.encode()).decisions == parse(newer.encode()).decisions


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("no-such",), 6, "no-such"),
        (("no-criminal-record", "--on", "2019-01-01"), 2, "in force on 2019-01-01"),
        (("no-criminal-record", "--out", "/no/such/folder/x.dmn"), 2, "cannot be written"),
        (("no-criminal-record", "--norm", "1.2"), 2, "1.2"),
    ],
)
def test_who_exports_is_told_what_to_mend(words: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dmn", "export", *words, "--json"]) == code
    assert said in capsys.readouterr().out
