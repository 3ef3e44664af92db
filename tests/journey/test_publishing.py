"""An author at the command line: what is unsound is not published, what is sound is in force from its day on, once."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.journey.cities import ROOT, City

SLUG = "proof-for-publishing"
FIRST_DAY = "2099-01-01"  # so that nobody else in this city meets it


def test_a_package_is_published_once_it_is_sound(city: City, tmp_path: Path) -> None:
    folder = shutil.copytree(ROOT / "services" / "no-criminal-record", tmp_path / SLUG)
    description = folder / "service.yaml"
    written = description.read_text(encoding="utf-8").replace("slug: no-criminal-record\ncode: GA-001", f"slug: {SLUG}\ncode: GA-999")
    description.write_text(written.replace('fee: "0"', 'fee: "-1"'), encoding="utf-8")
    refused = city.verb("service", "publish", str(folder), "--from", FIRST_DAY, code=4)
    assert refused["published"] == [] and "service.yaml" in refused["findings"][0]["where"]

    description.write_text(written, encoding="utf-8")
    [published] = city.verb("service", "publish", str(folder), "--from", FIRST_DAY)["published"]
    assert (published["slug"], published["edition"], published["is_new"]) == (SLUG, 1, True)
    assert published["effective_from"] == f"{FIRST_DAY}T00:00:00+08:00" and published["granted"]
    [again] = city.verb("service", "publish", str(folder))["published"]
    assert (again["version"], again["edition"], again["is_new"], again["granted"]) == (published["version"], 1, False, [])
    grants = city.verb("exchange", "grants", "--service", SLUG)["grants"]
    assert {f"{grant['resource']}.{grant['field']}" for grant in grants} == set(published["granted"])

    description.write_text(written.replace("演示用参考配置", "参考配置"), encoding="utf-8")
    late = city.verb("service", "publish", str(folder), "--from", "2020-01-01", code=2)["error"]
    assert late["field"] == "effective_from" and late["remedy"]["zh"]
