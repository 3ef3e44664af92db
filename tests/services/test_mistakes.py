"""An author's mistakes are found before anybody is served: each with file and line, many at once."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from miaopi.definitions import find_service, load_service
from miaopi.definitions.checking import check_service, read_resources
from miaopi.definitions.registers import read_registers
from miaopi.kernel.errors import DefinitionError, NotFound
from tests.services.reference import ROOT

SLUG = "no-criminal-record"


def altered(folder: Path, file: str, old: str, new: str, slug: str = SLUG) -> tuple[Path, int]:
    """A copy of the package in which a text was replaced once, and the line on which it stood."""
    copy = folder / slug
    if not copy.exists():
        shutil.copytree(ROOT / "services" / slug, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy, text[: text.index(old)].count("\n") + 1


def found_in(copy: Path) -> dict[str, str]:
    city = ROOT / "cities/demo"
    findings = check_service(copy, resources=read_resources(city / "catalogue.yaml"), registers=read_registers(city / "registers.yaml"))
    found: dict[str, str] = {}
    for finding in findings:
        where = finding.where.split("/", 1)[1]
        found[where] = f"{found[where]}; {finding.message}" if where in found else finding.message
    return found


FIRST_BASIS = "      basis: {instrument: 公安机关办理犯罪记录查询工作规定, article: 第四条、第五条}\n"
ODD = ["null", "[]", "{}", "{a: 1}", "true", "-5", "2026-13-01", "&a x", "*a", "!!binary abc", "<<: x", "1e400", '"\\u0000"']
MISTAKES = [
    ("facts.yaml", "  privacy: personal", "  privcy: personal", "unknown key privcy; did you mean privacy?"),
    ("facts.yaml", "  type: date\n", "  type: day\n", "there is no type day"),
    ("facts.yaml", "{zh: 用途, en: Purpose}", "{zh: 用途}", "en is missing"),
    ("facts.yaml", "{zh: 用途, en: Purpose}", '{zh: 用途, en: ""}', "a text is expected"),
    ("facts.yaml", "{zh: 用途, en: Purpose}", "{zh: 用途, en: 用途}", "holds Chinese"),
    ("facts.yaml", "population_basic.name", "population_basic.nickname", "has no field nickname"),
    ("facts.yaml", "population_basic.name", "populace.name", "no agency has a resource populace"),
    ("facts.yaml", "population_basic.name", "population_basic", "a source is resource.field"),
    ("facts.yaml", "  ground: consent", "  ground: curiosity", "a ground is consent or statutory_duty"),
    ("facts.yaml", "  privacy: public", "  privacy: secret", "secret is none of public, personal, sensitive"),
    ("facts.yaml", "  default: electronic", "  default: pigeon", "the default is none of the options"),
    ("facts.yaml", "  when: not(hukou_here)", "  when: not(hukou_there)", "hukou_there"),
    ("facts.yaml", "  volatile: true", "  volatile: perhaps", "true or false is expected"),
    ("facts.yaml", "person.life_status:\n", "person.name:\n", "stands here twice"),
    ("parameters.yaml", FIRST_BASIS, "", "has no basis; name its article"),
    ("parameters.yaml", 'value: "14"', 'value: "fourteen"', "this is no number"),
    ("parameters.yaml", "from: 2021-12-31", "from: 2021-02-30", "this is no date"),
    ("rules.yaml", "holds: purpose != null", "holds: purpose != nul", "nul"),
    ("rules.yaml", "holds: purpose != null", 'holds: "12"', "true or false is expected"),
    ("rules.yaml", "holds: purpose != null", "holds: purpose !=", "a value is expected here"),
    ("rules.yaml", "otherwise: NCR-08", "otherwise: NCR-99", "there is no reason NCR-99"),
    ("rules.yaml", "    kind: form", "    kind: shape", "shape is none of"),
    ("rules.yaml", "    outcome: supplement", "    outcome: correct", "correct is none of"),
    ("rules.yaml", "  - id: F1", "  - id: C2", "there are two conditions C2"),
    ("rules.yaml", "period_to: as_of", "period_to: today", "today"),
    ("rules.yaml", "city.regions: list<string>", "city.regions: list<text>", "there is no type text"),
    ("service.yaml", "slug: no-criminal-record", "slug: no-record", "but the folder is no-criminal-record"),
    ("service.yaml", "code: GA-001", "code: GA1", "two capital letters"),
    ("service.yaml", 'fee: "0"', 'fee: "0.005"', "at most two places"),
    ("service.yaml", "visits: 0", "visits: none", "a whole number is expected"),
    ("service.yaml", "patience: 24 hours", "patience: 24 h", "a duration is written as"),
    ("service.yaml", "mode: both", "mode: automatic", "automatic is none of"),
    ("service.yaml", "    now: typed\n", "    now: abolished\n", "an abolished field has no fact"),
    ("service.yaml", "（编号{number}）已办结", "（编号{no}）已办结", "nothing fills {no}"),
    ("service.yaml", 'en: "Name: {name}"', 'en: "Name {name}"', "does so in both languages"),
    ("facts.yaml", "  default: electronic", "  told: {zh: 说明, en: Said}\n  default: electronic", "only what a source is asked"),
    ("cases.yaml", "outcome: approve", "outcome: refuse", "outcome approve, not refuse"),
    ("cases.yaml", "  applicant.kind: natural_person", "  applicant.sort: natural_person", "Nearest: applicant.kind"),
    ("cases.yaml", "  applicant.kind: natural_person", "  applicant.kind: person", "no such option"),
]


LATER = [  # what stands in the blocks of the two services that go on after an approval
    ("hukou-graduate", "service.yaml", "  workdays: 5", "  workdays: 0", "at least one working day"),
    ("hukou-graduate", "service.yaml", "  four_eyes: true", "  four_eyes: often", "true or false is expected"),
    ("hukou-graduate", "service.yaml", "referral:\n  queue:", "referral:\n  line:", "unknown key line"),
    ("hukou-graduate", "service.yaml", "fact: talent.open_case}", "fact: talent.open_case_no}",
     "is no boolean fact that a source supplies"),
    ("hukou-graduate", "service.yaml", "  until: valid_to", "  until: valid_until", "there is no value valid_until"),
    ("hukou-graduate", "service.yaml", "  remind_before: 7 days", "  remind_before: a week", "a duration is written as"),
    ("hukou-graduate", "service.yaml", "      check: {zh: 照片", "      chek: {zh: 照片", "unknown key chek; did you mean check?"),
    ("hukou-graduate", "service.yaml", "    on: visit", "    on: arrival", "arrival is none of approve, visit, lapse"),
    ("hukou-graduate", "service.yaml", "police_station: station,", "police_station: place,", "there is no value place"),
    ("hukou-graduate", "service.yaml", "  booked:\n", "  arrived:\n", "arrived is none of"),
    ("hukou-graduate", "service.yaml", "已预约{at}到", "已预约{when}到", "nothing fills {when}"),
    ("hukou-graduate", "facts.yaml", "  type: list of records", "  type: list<string>", "list of records, and nothing else, has records"),
    ("hukou-graduate", "facts.yaml", "  source: higher_education_diploma", "  source: higher_education_diploma.level",
     "of records, a resource"),
    ("hukou-graduate", "facts.yaml", "    degree_level: {",
     "    grade: {type: string, label: {zh: 等级, en: Grade}}\n    degree_level: {", "higher_education_degree has no field grade"),
    ("hukou-graduate", "facts.yaml", "    degree_level: {type: string", "    degree_name: {type: text", "there is no type text"),
    ("hukou-graduate", "rules.yaml", "diplomas[item.level", "diplomas[item.grade", "which has no part grade"),
    ("hukou-graduate", "rules.yaml", "in_force: {from: 2018-06-01, otherwise: NAC-02}", "in_force: {from: 2018-06-01, otherwise: HKG-02}",
     "before its first day a service redirects"),
    ("hukou-graduate", "rules.yaml", "（{no}）", "（{number}）", "nothing fills {number}"),
    ("old-age-allowance", "service.yaml", "  amount: amount", "  amount: sum", "there is no value sum"),
    ("old-age-allowance", "service.yaml", "  schedule: monthly", "  schedule: weekly", "the one schedule there is is monthly"),
    ("old-age-allowance", "service.yaml", "  pay_day: pay_day", "  pay_day: payday", "payday names no parameter"),
    ("old-age-allowance", "service.yaml", "stop_facts: [person.life_status", "stop_facts: [channel", "is no fact that a source supplies"),
    ("old-age-allowance", "service.yaml", "      month: stop.death", "      month: stop.end", "there is no derived value stop.end"),
    ("old-age-allowance", "service.yaml", "自{from}起每月", "自{start}起每月", "nothing fills {start}"),
    ("old-age-allowance", "facts.yaml", "  masked: true", "  masked: half", "true or false is expected"),
    ("old-age-allowance", "parameters.yaml", "value: none", "value: nothing", "this is no number"),
]
ALL = [(SLUG, *mistake) for mistake in MISTAKES] + LATER


@pytest.mark.parametrize(("slug", "file", "old", "new", "said"), ALL, ids=[f"{m[1]} {m[4]}" for m in ALL])
def test_a_mistake_is_named_with_its_line(slug: str, file: str, old: str, new: str, said: str, tmp_path: Path) -> None:
    copy, line = altered(tmp_path, file, old, new, slug)
    found = found_in(copy)
    near = [where for where, message in found.items() if said in message and where.startswith(f"{slug}/{file}:")]
    assert near, found
    lines = [int(where.rpartition(":")[2]) for where in near]
    assert min(abs(at - line) for at in lines) <= 8, (lines, line)


def test_overlap_and_hole_in_a_history_are_refused_at_load(tmp_path: Path) -> None:
    later = '{from: 2026-01-01, value: "15", basis: {instrument: 示例, article: 第一条}}\n    - '
    for until, said in (("2026-06-01", "overlaps"), ("2025-06-01", "nothing is in force")):
        copy, line = altered(
            tmp_path / said.replace(" ", ""), "parameters.yaml", '    - from: 2021-12-31\n      value: "14"',
            f'    - from: 2021-12-31\n      to: {until}\n      value: "14"',
        )
        altered(copy.parent, "parameters.yaml", FIRST_BASIS, FIRST_BASIS + "    - " + later.removesuffix("    - "))
        with pytest.raises(DefinitionError, match=said) as caught:
            load_service(copy)
        assert caught.value.where == f"{copy.parent.name}/{SLUG}/parameters.yaml:{line + 4}"


BORN = """\
person.birth_date:
  type: date
  label: {zh: 出生日期, en: Date of birth}
  privacy: personal
  source: population_basic.birth_date
  ground: consent
"""
OF_BASE = BORN.replace("population_basic", "base_population")
FIRM = """\
firms:
  type: list of records
  label: {zh: 企业, en: Firms}
  privacy: personal
  source: base_legal_person
  ground: consent
  records:
    established_on: {type: date, label: {zh: 成立日期, en: Established on}}
    status: {type: string, label: {zh: 状态, en: Status}}
"""
BASE_MISTAKES = [
    (OF_BASE.replace("base_population.birth_date", "base_people.birth_date"), "the city has no base register base_people"),
    (OF_BASE.replace("base_population.birth_date", "base_population.born"), "base_population has no field born; it has"),
    (OF_BASE.replace("base_population.birth_date", "base_population.name"), "base_population.name is a string, not a date"),
    (OF_BASE.replace("privacy: personal", "privacy: public"), "base_population.birth_date is personal, not public"),
    (OF_BASE.replace("base_population.birth_date", "base_legal_person.established_on"), "base_legal_person is a list of records"),
    (OF_BASE.replace("  ground: consent\n", ""), "ground is missing"),
    (OF_BASE.replace("ground: consent", "ground: curiosity"), "a ground is consent or statutory_duty"),
    (OF_BASE + OF_BASE.replace("person.birth_date:", "person.born:"), ""),
]


@pytest.mark.parametrize(("written", "message"), BASE_MISTAKES)
def test_a_mistaken_base_field_is_told_with_its_line(written: str, message: str, tmp_path: Path) -> None:
    copy, line = altered(tmp_path, "facts.yaml", BORN, written)
    [(where, told)] = found_in(copy).items()
    lines = (copy / "facts.yaml").read_text(encoding="utf-8").split("\n")
    at = int(where.rpartition(":")[2])
    assert where.startswith(f"{SLUG}/facts.yaml:")
    assert line <= at <= line + 14
    assert message in told if message else told == "person.born: no rule, outcome or form needs this fact", lines[at - 1]


def test_a_base_field_whose_source_is_not_shared_has_no_lawful_ground(tmp_path: Path) -> None:
    copy, line = altered(tmp_path, "facts.yaml", BORN, OF_BASE)
    catalogue = (ROOT / "cities/demo/catalogue.yaml").read_text(encoding="utf-8")
    born = "      birth_date: {zh: 出生日期, en: Date of birth, privacy: personal,"
    assert born in catalogue
    (tmp_path / "catalogue.yaml").write_text(
        catalogue.replace(born, f"{born} sharing: {{type: not_shared, ground: 国家安全法 第二十五条}},"), encoding="utf-8"
    )
    registers = read_registers(ROOT / "cities/demo/registers.yaml")
    [found] = check_service(copy, resources=read_resources(tmp_path / "catalogue.yaml"), registers=registers)
    assert found.where.endswith(f"facts.yaml:{line + 1}")
    assert "population_basic.birth_date is not shared (国家安全法 第二十五条): there is no lawful ground" in found.message


def test_the_fields_of_a_list_from_a_base_register_are_checked_each(tmp_path: Path) -> None:
    copy, _ = altered(tmp_path, "facts.yaml", BORN, BORN + FIRM.replace("status: {type: string", "status: {type: date"))
    said = "; ".join(found_in(copy).values())
    assert "base_legal_person.status is a string, not a date" in said
    assert "established_on is" not in said


def test_a_fact_that_nothing_needs_is_not_collected(tmp_path: Path) -> None:
    extra = "person.sex:\n  type: string\n  label: {zh: 性别, en: Sex}\n  privacy: personal\n"
    extra += "  source: population_basic.sex\n  ground: consent\n"
    copy, line = altered(tmp_path, "facts.yaml", "person.birth_date:\n", extra + "person.birth_date:\n")
    assert found_in(copy) == {f"{SLUG}/facts.yaml:{line + 1}": "person.sex: no rule, outcome or form needs this fact"}


@pytest.mark.parametrize(
    ("before", "surplus", "fact"),
    [("    degree_level: {", "degree_name", "degrees"), ("    capacity: {", "household_no", "landing.collectives")],
)
def test_a_field_of_records_that_nothing_needs_is_not_collected(before: str, surplus: str, fact: str, tmp_path: Path) -> None:
    extra = f"    {surplus}: {{type: string, label: {{zh: 多余, en: Surplus}}}}\n"
    copy, line = altered(tmp_path, "facts.yaml", before, extra + before, "hukou-graduate")
    found = {finding.where.partition("/")[2]: finding.message for finding in check_service(copy)}
    assert found == {f"hukou-graduate/facts.yaml:{line}": f"{fact}: no rule, outcome or form needs the field {surplus}"}


def test_what_nothing_reads_is_found(tmp_path: Path) -> None:
    altered(tmp_path, "rules.yaml", "city.regions: list<string>", "city.regions: list<string>\n  city.name: string")
    altered(tmp_path, "rules.yaml", "derived:\n", "derived:\n  idle:\n    label: {zh: 空闲, en: Idle}\n    value: as_of\n")
    altered(tmp_path, "rules.yaml", "    otherwise: NCR-08", "    otherwise: NCR-05")
    copy, _ = altered(tmp_path, "parameters.yaml", "guardian_age:", "idle_number:\n  label: {zh: 空, en: Idle}\n  unit: none\n  values:\n"
                      '    - {from: 2021-01-01, value: "1", basis: {instrument: 示例, article: 第一条}}\nguardian_age:')
    said = " ".join(found_in(copy).values())
    for part in ("city.name: no rule reads", "idle: nothing reads", "NCR-08: no condition leads", "idle_number: no rule reads"):
        assert part in said


@pytest.mark.parametrize(
    ("name", "said"),
    [("满14周岁当日，监护人同意", "C3: no case stands on its border and just meets it"), ("用途无法证明", "F1: no case leaves it unknown"),
     ("没有选择用途", "F1: no case fails it"), ("实名认证第2级，差一级", "C1.level: no case fails it")],
)
def test_a_missing_case_is_named_at_its_condition(name: str, said: str, tmp_path: Path) -> None:
    copy, _ = altered(tmp_path, "cases.yaml", f"  - name: {name}\n", "  - name: gone\n")
    text = (copy / "cases.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("\n  - name: gone\n")
    after = rest.partition("\n  - name: ")[2]
    cut = before + "\n  - name: " + after
    if said.startswith(("C3", "F1: no case fails")):  # other cases stand on the same side
        cut = "\n  - name: ".join(part for part in cut.split("\n  - name: ") if "闰日" not in part and "NCR-08" not in part)
    (copy / "cases.yaml").write_text(cut, encoding="utf-8")
    assert said in " ".join(found_in(copy).values())


def test_many_mistakes_are_found_at_once(tmp_path: Path) -> None:
    altered(tmp_path, "facts.yaml", "  type: date\n", "  type: day\n")
    altered(tmp_path, "parameters.yaml", 'value: "14"', 'value: "fourteen"')
    altered(tmp_path, "service.yaml", "mode: both", "mode: automatic")
    copy, _ = altered(tmp_path, "rules.yaml", "otherwise: NCR-08", "otherwise: NCR-99")
    wrong = {where.partition(":")[0] for where in found_in(copy)}
    assert wrong == {f"{SLUG}/{name}.yaml" for name in ("facts", "parameters", "service", "rules")}
    with pytest.raises(DefinitionError, match="more: service check names them all"):
        load_service(copy)


def test_a_missing_file_a_stray_file_and_broken_yaml_are_named(tmp_path: Path) -> None:
    copy, _ = altered(tmp_path, "rules.yaml", "holds: purpose != null", "holds: purpose != null")
    (copy / "notes.txt").write_text("x", encoding="utf-8")
    assert found_in(copy) == {f"{SLUG}/notes.txt:1": "this file is not read; move it out"}
    (copy / "notes.txt").unlink()
    (copy / "facts.yaml").write_text("a: [1\nb: 2\n", encoding="utf-8")
    assert any("this is no YAML" in message for message in found_in(copy).values())
    (copy / "facts.yaml").unlink()
    assert found_in(copy)[f"{SLUG}/facts.yaml:1"] == "this file is missing from the package"
    (copy / "facts.yaml").write_bytes(b"\xff\xfe\x00")
    assert found_in(copy)[f"{SLUG}/facts.yaml:1"] == "the file is not UTF-8 text"


def test_hostile_nesting_is_a_finding(tmp_path: Path) -> None:
    copy, _ = altered(tmp_path, "rules.yaml", "holds: purpose != null", "holds: purpose != null")
    (copy / "facts.yaml").write_text("a: " + "[" * 3_000, encoding="utf-8")
    assert "nested too deeply" in found_in(copy)[f"{SLUG}/facts.yaml:1"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_written_the_check_says_findings_and_never_falls_over(seed: int, tmp_path: Path) -> None:
    copy, _ = altered(tmp_path, "rules.yaml", "holds: purpose != null", "holds: purpose != null")
    chance = Random(seed)
    path = copy / chance.choice(["service.yaml", "facts.yaml", "rules.yaml", "parameters.yaml", "cases.yaml"])
    lines = path.read_text(encoding="utf-8").split("\n")
    at = chance.randrange(len(lines))
    key = lines[at].partition(":")[0]
    lines[at] = chance.choice([f"{key}: {odd}" for odd in ODD] + [" " * chance.randrange(6) + lines[at].strip(), lines[at][: len(key)]])
    path.write_text("\n".join(lines), encoding="utf-8")
    for finding in check_service(copy):
        assert finding.where.partition("/")[2].startswith(f"{SLUG}/")
        assert finding.message


def test_a_record_filing_that_would_refuse_is_refused(tmp_path: Path) -> None:
    altered(tmp_path, "service.yaml", "item_type: public_service_type", "item_type: record_filing")
    copy, _ = altered(tmp_path, "rules.yaml", "  NCR-01:\n    outcome: refer", "  NCR-01:\n    outcome: refuse")
    assert any("a record filing never refuses" in message for message in found_in(copy).values())


def test_a_service_is_found_by_slug_or_code_and_kept_by_its_hash(tmp_path: Path) -> None:
    copy, _ = altered(tmp_path, "service.yaml", "promised: {zh: 2分钟", "promised: {zh: 3分钟")
    first = find_service("GA-001", tmp_path)
    assert first.path == copy
    assert first is find_service(SLUG, tmp_path)
    assert first.version != find_service(SLUG, ROOT / "services").version
    (copy / "service.yaml").write_text((copy / "service.yaml").read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert load_service(copy) is not first
    assert load_service(copy).version == first.version
    for unknown in ("no-such-service", "XX-999", "../services"):
        with pytest.raises(NotFound):
            find_service(unknown, tmp_path)
    with pytest.raises(NotFound):
        load_service(tmp_path / "nowhere")


NINES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + step)}: &{chr(98 + step)} [{', '.join(['*' + chr(97 + step)] * 9)}]\n" for step in range(9)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (NINES, "aliases are not read"),
        ("a: &a [*a]\n", "aliases are not read"),
        ('a: "\\ud800"\n', "invalid Unicode character"),
        ('a: "\\0"\n', "the character 0 is no text"),
        ("a: one\u2028line\n", "use a line feed"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("a:\n" + "".join(f"{'  ' * depth}a:\n" for depth in range(1, 200)), "nested too deeply"),
        ("a: " + "x" * 5_000_000, "a file has at most"),
    ],
    ids=["nine of nine", "itself", "half a character", "character 0", "line separator", "two documents", "deep", "large"],
)
def test_a_file_made_to_choke_on_is_a_finding(tmp_path: Path, content: str, message: str) -> None:
    copy = tmp_path / SLUG
    shutil.copytree(ROOT / "services" / SLUG, copy)
    (copy / "parameters.yaml").write_text(content, encoding="utf-8")
    assert any(message in told for told in found_in(copy).values())


def test_a_link_out_of_the_package_shows_nothing_of_what_it_leads_to(tmp_path: Path) -> None:
    copy = tmp_path / SLUG
    shutil.copytree(ROOT / "services" / SLUG, copy)
    (tmp_path / "elsewhere").write_text("password: hidden\n", encoding="utf-8")
    (copy / "parameters.yaml").unlink()
    (copy / "parameters.yaml").symlink_to(tmp_path / "elsewhere")
    found = found_in(copy)
    assert "a link out of it" in found[f"{SLUG}/parameters.yaml:1"]
    assert "password" not in str(found)
    (copy / "rules.yaml").unlink()
    (copy / "rules.yaml").mkdir()
    assert "plain files" in found_in(copy)[f"{SLUG}/rules.yaml:1"]
