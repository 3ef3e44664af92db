"""A steward at the command line: counts, finds, takes the table home and brings it back."""

from __future__ import annotations

from pathlib import Path

from miaopi.config.environment import ROOT
from tests.journey.cities import City

ON_A_CONDITION, SEALED_WITHOUT_A_LAW = "有条件共享,按事项授权，并经本人同意或依法定职责,,", "不予共享,,,"


def test_the_whole_catalogue_is_counted_and_found(city: City) -> None:
    assert len(city.verb("exchange", "agencies")["agencies"]) == 84
    found = city.verb("exchange", "resources", "--search", "hunyindegnji", "--limit", "3")
    assert found["counts"] | {"connected": 0, "described": 0} == {"agencies": 84, "resources": 5746, "connected": 0, "described": 0}
    assert found["counts"]["connected"] + found["counts"]["described"] == 5746
    assert "marriage" in {resource["id"] for resource in found["resources"]}
    by_column = city.verb("exchange", "resources", "--column", "sfzh", "--limit", "20")["resources"]
    assert {each["status"] for each in by_column} == {"connected"} and "id_number" in {each["found"]["field"] for each in by_column}


def test_a_steward_takes_her_table_home_and_brings_it_back(city: City, tmp_path: Path) -> None:
    table = tmp_path / "court.csv"
    assert city.verb("catalogue", "export", str(table), "--agency", "court")["resources"] > 0
    assert city.verb("catalogue", "import", str(table))["is_changed"] is False
    written = table.read_text(encoding="utf-8-sig")
    table.write_text(written.replace("破产案件与管理人信息", "破产案件和管理人信息"), encoding="utf-8")
    assert city.verb("catalogue", "import", str(table))["changed"] >= 1
    difference = city.verb("catalogue", "diff", "bankruptcy_case")
    assert (difference["from"], difference["to"], difference["is_breaking"]) == (1, 2, False)
    table.write_text(written.replace(ON_A_CONDITION, SEALED_WITHOUT_A_LAW, 1), encoding="utf-8")
    refused = city.verb("catalogue", "import", str(table), code=2)
    assert refused["imported"] is False and {each["column"] for each in refused["mistakes"]} == {"不予共享依据"}
    assert len(city.verb("catalogue", "diff", "bankruptcy_case")["versions"]) == 2


def test_an_operator_takes_over_what_the_city_itself_says(city: City, tmp_path: Path) -> None:
    said = tmp_path / "catalogue.yaml"
    written = (ROOT / "cities" / "demo" / "catalogue.yaml").read_text(encoding="utf-8")
    said.write_text(written, encoding="utf-8")
    assert city.verb("catalogue", "import", str(said))["resources"] > 100
    assert city.verb("catalogue", "import", str(said))["is_changed"] is False
    said.write_text(written.replace("Registration centre for deaths", "Registry of deaths"), encoding="utf-8")
    assert city.verb("catalogue", "import", str(said))["agencies"] == 1
    assert "Registry of deaths" in {each["name"]["en"] for each in city.verb("exchange", "agencies")["agencies"]}
    said.write_text(written.replace("agency: residence", "agency: residense", 1), encoding="utf-8")
    refused = city.verb("catalogue", "import", str(said), code=4)["error"]["text"]
    assert "catalogue.yaml:" in refused["zh"] and "residense" in refused["en"]
    said.write_text(written, encoding="utf-8")
    assert city.verb("catalogue", "import", str(said))["agencies"] == 1
