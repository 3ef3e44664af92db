"""A whole model in the manner of the norm's chapter 11: an application for a loan, routed by tables, knowledge and services."""

from __future__ import annotations

from decimal import Decimal

import pytest

from miaopi.kernel.dmn import Model
from tests.unit.kernel.dmn.written import (
    column,
    context,
    decision,
    entry,
    feel,
    given,
    item,
    knowledge,
    output,
    read,
    result,
    service,
    table,
)

TYPES = (
    item("kind", "string", allowed='"STANDARD LOAN", "SPECIAL LOAN"'),
    item(
        "product",
        "",
        item("+Product Type", "kind"),
        item("+Rate", "number"),
        item("+Term", "number"),
        item("+Amount", "number"),
    ),
    item("monthly", "", item("+Income", "number"), item("+Repayments", "number"), item("+Expenses", "number")),
    item(
        "applicant",
        "",
        item("+Age", "number"),
        item("+Marital status", "string", allowed='"M", "S"'),
        item("+Employment Status", "string"),
        item("+Existing Customer?", "boolean"),
        item("+Monthly", "monthly"),
    ),
    item("bureau", "", item("+Bankrupt", "boolean"), item("+Credit-Score", "number", allowed="null, [0..999]")),
    item("risk", "string", allowed='"HIGH", "MEDIUM", "LOW", "VERY LOW", "DECLINE"'),
    item("route", "string", allowed='"DECLINE", "REFER", "ACCEPT"'),
)

PMT = f"""<functionDefinition>
  <formalParameter name="rate" typeRef="number"/><formalParameter name="term" typeRef="number"/>
  <formalParameter name="amount" typeRef="number"/>{feel("(amount * rate / 12) / (1 - (1 + rate / 12) ** -term)")}
</functionDefinition>"""

INSTALLMENT = knowledge(
    "Installment calculation",
    context(
        entry("PMT", PMT),
        entry(
            "Monthly Fee",
            feel('if Product Type = "STANDARD LOAN" then 20.00 else if Product Type = "SPECIAL LOAN" then 25.00 else null'),
        ),
        entry("Monthly Repayment", feel("PMT(Rate, Term, Amount)")),
        result(feel("Monthly Repayment + Monthly Fee")),
    ),
    *("Product Type: string", "Rate: number", "Term: number", "Amount: number"),
    of="number",
)

SCORE = knowledge(
    "Application risk score model",
    table(
        "COLLECT",
        (column("Age", "number", "[18..120]"), column("Marital status", "string"), column("Employment Status", "string")),
        (output("Partial score", "number"),),
        "[18..22) | - | - -> 32",
        "[22..26) | - | - -> 35",
        "[26..36) | - | - -> 40",
        ">= 36 | - | - -> 43",
        '- | "S" | - -> 25',
        '- | "M" | - -> 45',
        '- | - | "EMPLOYED","SELF-EMPLOYED" -> 45',
        '- | - | not("EMPLOYED", "SELF-EMPLOYED") -> 18',
        aggregation="SUM",
    ),
    *("Age: number", "Marital status: string", "Employment Status: string"),
)

CATEGORY = knowledge(
    "Pre-bureau risk category table",
    table(
        "UNIQUE",
        (column("Existing Customer"), column("Application Risk Score", "number")),
        (output("Pre-Bureau Risk Category", "risk"),),
        'false | < 100 -> "HIGH"',
        'false | [100..120) -> "MEDIUM"',
        'false | >= 120 -> "LOW"',
        'true | <= 110 -> "MEDIUM"',
        'true | > 110 -> "VERY LOW"',
    ),
    *("Existing Customer: boolean", "Application Risk Score: number"),
)

FACTOR = knowledge(
    "Credit contingency factor table",
    table(
        "UNIQUE",
        (column("Risk Category"),),
        (output(default="1.0"),),
        '"HIGH", "DECLINE" -> 0.6',
        '"MEDIUM" -> 0.7',
        '"LOW", "VERY LOW" -> 0.8',
    ),
    "Risk Category: string",
)

AFFORDABILITY = knowledge(
    "Affordability calculation",
    context(
        entry("Disposable Income", feel("Monthly Income - (Monthly Repayments + Monthly Expenses)")),
        entry(
            "Credit Contingency Factor",
            f"<invocation>{feel('Credit contingency factor table')}"
            f'<binding><parameter name="Risk Category"/>{feel("Risk Category")}</binding></invocation>',
        ),
        result(feel("Disposable Income * Credit Contingency Factor > Required Monthly Installment")),
    ),
    *("Monthly Income: number", "Monthly Repayments: number", "Monthly Expenses: number"),
    *("Risk Category: string", "Required Monthly Installment: number"),
    needs=("requiredKnowledge Credit contingency factor table",),
    of="boolean",
)

ROUTING = table(
    "PRIORITY",
    (column("Affordable?"), column("Bureau data.Bankrupt"), column("Bureau data.Credit-Score")),
    (output("Routing", "route"),),
    '- | - | - -> "ACCEPT"',
    '- | - | null, < 580 -> "REFER"',
    '- | true | - -> "DECLINE"',
    'false | - | - -> "DECLINE"',
)


def bound(function: str, *pairs: tuple[str, str]) -> str:
    bindings = "".join(f'<binding><parameter name="{name}"/>{feel(text)}</binding>' for name, text in pairs)
    return f"<invocation>{feel(function)}{bindings}</invocation>"


DECISIONS = (
    decision(
        "Required monthly installment",
        feel(
            "Installment calculation(Requested product.Product Type, Requested product.Rate, "
            "Requested product.Term, Requested product.Amount)"
        ),
        "requiredInput Requested product",
        "requiredKnowledge Installment calculation",
        of="number",
    ),
    decision(
        "Application risk score",
        bound(
            "Application risk score model",
            ("Age", "Applicant data.Age"),
            ("Marital status", "Applicant data.Marital status"),
            ("Employment Status", "Applicant data.Employment Status"),
        ),
        "requiredInput Applicant data",
        "requiredKnowledge Application risk score model",
        of="number",
    ),
    decision(
        "Pre-bureau risk category",
        feel("Pre-bureau risk category table(Applicant data.Existing Customer?, Application risk score)"),
        "Application risk score",
        "requiredInput Applicant data",
        "requiredKnowledge Pre-bureau risk category table",
        of="risk",
    ),
    decision(
        "Affordable?",
        feel(
            "Affordability calculation(Risk Category: Pre-bureau risk category, Monthly Income: Applicant data.Monthly.Income, "
            "Monthly Repayments: Applicant data.Monthly.Repayments, Monthly Expenses: Applicant data.Monthly.Expenses, "
            "Required Monthly Installment: Required monthly installment)"
        ),
        "Pre-bureau risk category",
        "Required monthly installment",
        "requiredInput Applicant data",
        "requiredKnowledge Affordability calculation",
        of="boolean",
    ),
    decision("Routing", ROUTING, "Affordable?", "requiredInput Bureau data", of="route"),
    service(
        "Routing service",
        "outputDecision Routing",
        "inputDecision Affordable?",
        "inputData Bureau data",
    ),
    decision(
        "Routings",
        f'<for iteratorVariable="score"><in>{feel("[500, 600, null]")}</in><return>'
        + feel("Routing service(Affordable?: true, Bureau data: {Bankrupt: false, Credit-Score: score})")
        + "</return></for>",
        "requiredKnowledge Routing service",
    ),
)

APPLICANT = {
    "Age": 51,
    "Marital status": "M",
    "Employment Status": "EMPLOYED",
    "Existing Customer?": False,
    "Monthly": {"Income": 10000, "Repayments": 2500, "Expenses": 3000},
}
PRODUCT = {"Product Type": "STANDARD LOAN", "Rate": Decimal("0.08"), "Term": 36, "Amount": 100000}
SOUND = {"Bankrupt": False, "Credit-Score": 649}


@pytest.fixture(scope="module")
def lending() -> Model:
    inputs = (given("Applicant data", "applicant"), given("Requested product", "product"), given("Bureau data", "bureau"))
    made = read(*TYPES, *inputs, INSTALLMENT, SCORE, CATEGORY, FACTOR, AFFORDABILITY, *DECISIONS)
    assert made.findings == ()
    return made


def test_the_application_goes_through_all_its_decisions(lending: Model) -> None:
    inputs = {"Applicant data": APPLICANT, "Requested product": PRODUCT, "Bureau data": SOUND}
    installment = lending.evaluate("Required monthly installment", inputs)
    assert isinstance(installment, Decimal)
    assert round(installment, 4) == Decimal("3153.6365")
    assert lending.evaluate("Application risk score", inputs) == 133
    assert lending.evaluate("Pre-bureau risk category", inputs) == "LOW"
    assert lending.evaluate_traced("Affordable?", inputs) == (True, ())
    assert lending.evaluate_traced("Routing", inputs) == ("ACCEPT", ())


@pytest.mark.parametrize(
    ("bureau", "income", "route"),
    [
        ({"Bankrupt": True, "Credit-Score": 649}, 10000, "DECLINE"),
        ({"Bankrupt": False, "Credit-Score": 500}, 10000, "REFER"),
        ({"Bankrupt": False, "Credit-Score": None}, 10000, "REFER"),
        (SOUND, 6000, "DECLINE"),
    ],
)
def test_the_route_of_the_highest_priority_wins(lending: Model, bureau: object, income: int, route: str) -> None:
    applicant = {**APPLICANT, "Monthly": {"Income": income, "Repayments": 2500, "Expenses": 3000}}
    inputs = {"Applicant data": applicant, "Requested product": PRODUCT, "Bureau data": bureau}
    assert lending.evaluate("Routing", inputs) == route


def test_services_and_parts_of_the_model_stand_alone(lending: Model) -> None:
    assert lending.evaluate("Routing service", {"Affordable?": True, "Bureau data": SOUND}) == "ACCEPT"
    assert lending.evaluate("Routings", {}) == ["REFER", "ACCEPT", "REFER"]
    assert lending.evaluate("Credit contingency factor table", {"Risk Category": "none of them"}) == 1
    assert lending.evaluate("Application risk score", {"Applicant data": {"Age": 20, "Marital status": "S"}}) == 75
