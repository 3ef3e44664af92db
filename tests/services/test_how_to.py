"""The how-to guide is the reference of the format: its example is a sound package, and it names every key there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from miaopi.definitions import load_service
from miaopi.definitions.cases import EXPECTED
from miaopi.definitions.checking import check_service, read_resources
from miaopi.definitions.facts import OPTIONAL as FACT_OPTIONAL
from miaopi.definitions.facts import REQUIRED as FACT_REQUIRED
from miaopi.definitions.rules import CONDITION, CONDITION_OPTIONAL, REPEAL
from miaopi.definitions.service import OPTIONAL, REQUIRED, ItemType, Mode, Now
from miaopi.definitions.tables import TABLE, TABLE_OPTIONAL, VERSION, VERSION_OPTIONAL
from miaopi.kernel.decision import Kind, Outcome
from miaopi.kernel.decision.doubts import DISPUTED, DOUBTS, EXHAUSTED
from tests.services.reference import ROOT
from tests.services.travel_pass import PAGE, write_travel_pass


def test_the_example_of_the_page_is_a_sound_package(tmp_path: Path) -> None:
    folder = write_travel_pass(tmp_path)
    findings = check_service(folder, resources=read_resources(ROOT / "cities/demo/catalogue.yaml"), mutate=True)
    assert findings == []
    assert load_service(folder).typed_median == 1


@pytest.mark.parametrize(
    "word",
    sorted({*CONDITION, *CONDITION_OPTIONAL, *REPEAL, *TABLE, *TABLE_OPTIONAL, *VERSION, *VERSION_OPTIONAL}
           | {*FACT_REQUIRED, *FACT_OPTIONAL, *REQUIRED, *OPTIONAL, *EXPECTED, *ItemType, *Mode, *Now, *Kind, *Outcome}
           | {reason.code for reason in (DISPUTED, EXHAUSTED, *DOUBTS.values())} | {"RULE-FAILED"}),
)  # fmt: skip
def test_the_page_names_every_word_of_the_format(word: str) -> None:
    assert f"`{word}`" in PAGE or re.search(rf"[{{,* |]{word}[,}}: *]", PAGE)
