"""What all decide in `bench decide`: a residence permit by a table of ten rules, ten inputs and two reckonings with dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final
from xml.sax.saxutils import escape

Facts = dict[str, Any]

NAMESPACE: Final = "https://www.omg.org/spec/DMN/20230324/MODEL/"
DECISION: Final = "permit"
INPUTS: Final[Mapping[str, str]] = {
    "as_of": "date",
    "date_of_birth": "date",
    "graduated_on": "date",
    "degree": "string",
    "full_time": "boolean",
    "insured_months": "number",
    "school": "string",
    "title": "string",
    "has_contract": "boolean",
    "has_record": "boolean",
}
# The columns: what peers without dates of their own are given, and how it is reckoned here.
COLUMNS: Final[Mapping[str, str]] = {
    "has_record": "has_record",
    "degree": "degree",
    "full_time": "full_time",
    "age": "years and months duration(date_of_birth, as_of).years",
    "years": "years and months duration(graduated_on, as_of).years",
    "insured_months": "insured_months",
    "title": "title",
    "school": "school",
    "has_contract": "has_contract",
}
TYPES: Final[Mapping[str, type]] = {
    "has_record": bool, "degree": str, "full_time": bool, "age": int, "years": int, "insured_months": int,
    "title": str, "school": str, "has_contract": bool,
}
# Cells in the order of the columns, then the outcome; - holds for everything.
RULES: Final[Sequence[Sequence[str]]] = (
    ("true", "-", "-", "-", "-", "-", "-", "-", "-", "refuse: record"),
    ("-", '"doctor"', "-", "< 50", "-", "-", "-", "-", "-", "approve: doctor"),
    ("-", '"master"', "true", "< 45", "-", "-", "-", "-", "-", "approve: master"),
    ("-", '"bachelor"', "true", "< 35", "<= 2", "-", "-", "-", "-", "approve: graduate"),
    ("-", '"bachelor"', "true", "< 35", "-", ">= 12", "-", "-", "-", "approve: bachelor"),
    ("-", '"bachelor"', "-", "< 40", "-", ">= 6", '"senior"', "-", "true", "approve: title"),
    ("-", '"college"', "-", "< 35", "<= 1", "-", "-", '"listed"', "true", "approve: college"),
    ("-", "-", "-", "[18..45]", "-", ">= 24", '"senior"', "-", "-", "refer: title"),
    ("-", "-", "-", ">= 60", "-", "-", "-", "-", "-", "refuse: age"),
    ("-", "-", "-", "-", "-", "-", "-", "-", "-", "refuse"),
)


def by_hand(facts: Facts) -> str:
    """The same as somebody would write it who knows no engine."""
    if facts["has_record"]:
        return "refuse: record"
    on, born, graduated = facts["as_of"], facts["date_of_birth"], facts["graduated_on"]
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    years = on.year - graduated.year - ((on.month, on.day) < (graduated.month, graduated.day))
    degree, full_time, insured_months = facts["degree"], facts["full_time"], facts["insured_months"]
    title, has_contract = facts["title"], facts["has_contract"]
    if degree == "doctor" and age < 50:
        return "approve: doctor"
    if degree == "master" and full_time and age < 45:
        return "approve: master"
    if degree == "bachelor" and full_time and age < 35 and years <= 2:
        return "approve: graduate"
    if degree == "bachelor" and full_time and age < 35 and insured_months >= 12:
        return "approve: bachelor"
    if degree == "bachelor" and age < 40 and insured_months >= 6 and title == "senior" and has_contract:
        return "approve: title"
    if degree == "college" and age < 35 and years <= 1 and facts["school"] == "listed" and has_contract:
        return "approve: college"
    if 18 <= age <= 45 and insured_months >= 24 and title == "senior":
        return "refer: title"
    if age >= 60:
        return "refuse: age"
    return "refuse"


def facts_of(count: int, seed: int) -> list[Facts]:
    """So many applicants, the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - cases of a benchmark, to be drawn again
    as_of = date(2026, 6, 1)
    return [
        {
            "as_of": as_of,
            "date_of_birth": as_of - timedelta(days=chance.randrange(17 * 365, 70 * 365)),
            "graduated_on": as_of - timedelta(days=chance.randrange(0, 6 * 365)),
            "degree": chance.choice(("doctor", "master", "bachelor", "bachelor", "bachelor", "college", "college", "none")),
            "full_time": chance.random() < 0.7,
            "insured_months": chance.randrange(60),
            "school": chance.choice(("listed", "listed", "other")),
            "title": chance.choice(("senior", "senior", "junior", "none")),
            "has_contract": chance.random() < 0.8,
            "has_record": chance.random() < 0.1,
        }
        for _ in range(count)
    ]


def reckoned(facts: Facts) -> dict[str, Any]:
    """The facts as the columns have them, for peers that do not reckon with dates: it is done for them, and not timed."""
    on, found = facts["as_of"], {name: facts[name] for name in COLUMNS if name in facts}
    for name, since in (("age", facts["date_of_birth"]), ("years", facts["graduated_on"])):
        found[name] = on.year - since.year - ((on.month, on.day) < (since.month, since.day))
    return found


def written(
    name: str, inputs: Mapping[str, str], columns: Sequence[str], rules: Sequence[Sequence[str]], policy: str = "FIRST"
) -> bytes:
    """A DMN model with one table: its inputs with their types, what its columns ask, and its rules, each with its outcome last."""
    given = "".join(
        f'<inputData id="{one}" name="{one}"><variable name="{one}" typeRef="{kind}"/></inputData>' for one, kind in inputs.items()
    )
    needs = "".join(f'<informationRequirement><requiredInput href="#{one}"/></informationRequirement>' for one in inputs)
    asks = "".join(f"<input><inputExpression><text>{escape(text)}</text></inputExpression></input>" for text in columns)
    lines = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells)
        + f"<outputEntry><text>{escape(chr(34) + outcome + chr(34))}</text></outputEntry></rule>"
        for *cells, outcome in rules
    )
    table = f'<decisionTable hitPolicy="{policy}">{asks}<output typeRef="string"/>{lines}</decisionTable>'
    decision = f'<decision id="d" name="{name}"><variable name="{name}" typeRef="string"/>{needs}{table}</decision>'
    return f'<definitions xmlns="{NAMESPACE}" name="{name}" namespace="urn:bench">{given}{decision}</definitions>'.encode()
