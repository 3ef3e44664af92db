"""Every service's own cases and the rows of the reference: outcome, reason, values."""

from __future__ import annotations

from decimal import Decimal

import pytest

from miaopi.definitions import ServicePackage, find_service, list_services
from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.checking import check_service, read_resources
from miaopi.definitions.reader import Reader
from miaopi.definitions.registers import read_registers
from miaopi.definitions.trial import decide_case, noticed_numbers, try_case
from miaopi.kernel.decision.outcomes import to_plain
from tests.services.reference import KEPT, ROOT, SHARED, decision_rows, named_values, rows_in

PACKAGES = list_services(ROOT / "services")
CASES = [(package, case) for package in PACKAGES for case in read_cases(Reader(), package)]
ROWS = decision_rows()


def case_for(row: dict[str, str]) -> tuple[ServicePackage, WorkedCase]:
    package = find_service(row["service"], ROOT / "services")
    found = [case for case in read_cases(Reader(), package) if case.ref == row["case"]]
    assert len(found) == 1, f"case {row['case']} of the reference is carried out by {len(found)} cases"
    return package, found[0]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['service']} {row['case']}")
def test_a_row_of_the_reference_comes_out_as_it_says(row: dict[str, str]) -> None:
    package, case = case_for(row)
    assert case.on.isoformat() == row["as_of"]
    decision = decide_case(package.definition, case)
    assert decision.outcome.value == row["outcome"]
    assert [reason.code for reason in decision.reasons] == ([row["reason"]] if row["reason"] else [])
    said = {**decision.to_json(), **{name: to_plain(value) for name, value in decision.values.items()}}
    for name, value in named_values(row).items():
        found = said[name]
        assert (",".join(map(str, found)) if isinstance(found, list) else str(found)).lower() == value.lower()


def test_the_rows_kept_here_are_those_of_the_reference() -> None:
    services = {row["service"] for row in ROWS}
    assert len(ROWS) >= 81
    assert not SHARED.is_file() or rows_in(SHARED, services) == rows_in(KEPT, services)


@pytest.mark.parametrize(("package", "case"), CASES, ids=[f"{package.slug}: {case.name}" for package, case in CASES])
def test_a_case_comes_out_as_the_law_says(package: ServicePackage, case: WorkedCase) -> None:
    assert try_case(package.definition, case) == ()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.slug)
def test_a_package_has_nothing_to_find(package: ServicePackage) -> None:
    resources, registers = read_resources(ROOT / "cities/demo/catalogue.yaml"), read_registers(ROOT / "cities/demo/registers.yaml")
    assert check_service(package.path, resources=resources, registers=registers) == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.slug)
def test_one_more_or_less_of_any_number_makes_a_case_fail(package: ServicePackage) -> None:
    cases = read_cases(Reader(), package)
    noticed = list(noticed_numbers(package.definition, cases))
    for name, changed, case in noticed:
        print(f"{package.slug}: {name}={changed}: {f'fails “{case}”' if case else 'NO CASE NOTICES'}")
    assert all(case for _, _, case in noticed)
    numeric = {name for name, one in package.definition.parameters.items() if any(isinstance(e.value, Decimal) for e in one.history)}
    assert {name for name, _, _ in noticed} == numeric


def test_a_sealed_record_and_a_clean_one_give_the_same_bytes() -> None:
    package = find_service("no-criminal-record", ROOT / "services")
    clean, sealed = (next(c for c in read_cases(Reader(), package) if c.ref == ref) for ref in ("1", "5"))
    assert decide_case(package.definition, clean).to_json() == decide_case(package.definition, sealed).to_json()


def test_the_ledger_of_the_certificate_counts_seventeen_fields() -> None:
    package = find_service("GA-001", ROOT / "services")
    counted = {now: sum(field.now.value == now for field in package.form) for now in ("abolished", "derived", "prefilled", "typed")}
    assert counted == {"abolished": 5, "derived": 5, "prefilled": 6, "typed": 1}
    assert [field.fact for field in package.form if field.now.value == "typed"] == ["purpose"]
