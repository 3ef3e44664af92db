"""A service package: read once for each content, checked, and kept by the hash of its files."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from miaopi.definitions.facts import read_facts_file, with_guards
from miaopi.definitions.parameters import read_parameters_file
from miaopi.definitions.payment import check_payment
from miaopi.definitions.positions import Placed, parse_yaml, plain, read_source
from miaopi.definitions.reader import Finding, Reader, check_placeholders
from miaopi.definitions.referral import check_claims
from miaopi.definitions.rules import RulesFile, read_rules_file
from miaopi.definitions.service import ISSUED, Guide, ItemType, Now, read_service_file
from miaopi.definitions.shelf import Shelf
from miaopi.definitions.tables import Models, find_tables, read_table_source
from miaopi.definitions.visit import KNOWN_LATER
from miaopi.kernel.decision import Definition, FactSpec
from miaopi.kernel.decision.definition import AS_OF
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.expr import Type
from miaopi.kernel.wording import Text

ROOT = Path(__file__).resolve().parents[3]
RULE_FILES = ("service.yaml", "facts.yaml", "rules.yaml", "parameters.yaml")
CASES_FILE = "cases.yaml"
VERSION = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ServicePackage(Guide):
    """A service as rooms and surfaces use it: its guide, and the definition by which it is decided.

    `files` are its rule files to the byte, from which `read_version` makes the same package again.
    """

    definition: Definition
    files: Mapping[str, str]
    path: Path
    places: Mapping[str, str]
    reason_codes: frozenset[str]

    @property
    def version(self) -> str:
        return self.definition.version

    @property
    def typed_median(self) -> int:
        """How many facts an applicant types who has nothing to correct."""
        return sum(field.now is Now.TYPED for field in self.form)


LONGEST_NAME = 60  # characters: no folder of a longer name can be asked for, and none is needed
# packages: the some two hundred of a city, each as it was and as its author has just changed it, and some to spare; 0.2 to
# 0.5 MB each. With less than a city has, each list of its services would read all of them again.
MOST_KEPT = 512
_KEPT = Shelf[ServicePackage](MOST_KEPT)


def load_service(path: Path | str) -> ServicePackage:
    """The package in a folder. Raises DefinitionError for its first mistake, naming file and line; NotFound for no folder."""
    folder = Path(path)
    if not folder.is_dir():
        raise NotFound(Text(zh=f"没有事项包 {folder.name}。", en=f"There is no service package {folder.name}."))
    key = _hash_of_files(folder)
    if (kept := _KEPT.find(key)) is not None:
        return kept
    with _uncollected():
        package, findings = read_package(folder)
    if package is None:
        more = f" (and {len(findings) - 1} more: service check names them all)" if len(findings) > 1 else ""
        raise DefinitionError(findings[0].where, findings[0].message + more)
    return _KEPT.keep(key, package)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nearly all that is made of a package stays: to look for circles in it meanwhile takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def list_services(root: Path | str | None = None) -> list[ServicePackage]:
    """Every package of the root folder, in the order of their codes."""
    folders = sorted(path.parent for path in services_root(root).glob("*/service.yaml"))
    return sorted((load_service(folder) for folder in folders), key=lambda package: package.code)


def find_service(slug_or_code: str, root: Path | str | None = None) -> ServicePackage:
    """The service with that slug or code; NotFound where there is none."""
    folder = services_root(root) / slug_or_code
    if "/" not in slug_or_code and len(slug_or_code) <= LONGEST_NAME and (folder / "service.yaml").is_file():
        return load_service(folder)
    for package in list_services(root):
        if package.code == slug_or_code:
            return package
    raise NotFound(Text(zh=f"没有事项“{slug_or_code}”。", en=f"There is no service {slug_or_code}."))


def services_root(root: Path | str | None = None) -> Path:
    """The folder of all packages: the argument, `MIAOPI_SERVICES`, or `services/` of the project."""
    return Path(root or os.environ.get("MIAOPI_SERVICES") or ROOT / "services")


def read_package(folder: Path) -> tuple[ServicePackage | None, list[Finding]]:
    """The package, or `None` with every mistake of the four rule files and the tables."""
    reader = Reader()
    texts = {name: _read(reader, folder, name) for name in RULE_FILES}
    for name in find_tables(folder):
        place = shown(folder, name)
        texts[name] = reader.made(place, lambda: read_table_source(folder, name, place)) or ""  # noqa: B023 – called here
    return _compile(reader, texts, folder)


def read_version(files: Mapping[str, str], *, slug: str, version: str) -> ServicePackage:
    """The package that these rule files are. Raises DefinitionError unless they are that version of that service.

    Messages name the files `version-<its first letters>/<slug>/facts.yaml:7`; `path` is that name, and nothing is there.
    """
    place = Path(f"version-{version[:12]}") / slug
    tables = {name: text for name, text in files.items() if name not in RULE_FILES}
    package, findings = _compile(Reader(), {name: files.get(name, "") for name in RULE_FILES} | tables, place)
    if package is None:
        raise DefinitionError(findings[0].where, findings[0].message)
    if package.version != version:
        raise DefinitionError(f"{place}", f"these are not the files of version {version}: they were altered since")
    return package


def keep_version(package: ServicePackage, folder: Path) -> None:
    """Write the rule files of a package that decided into that folder, once, so that a receipt replays when its own folder says
    something else (ADR 0029). Raises OSError where it cannot be written to."""
    kept = folder / f"{package.version}.json"
    if kept.is_file():
        return
    for private in (folder.parent, folder):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = kept.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(dict(package.files), ensure_ascii=False), encoding="utf-8")
    half.replace(kept)


def find_version(folder: Path, *, slug: str, version: str) -> ServicePackage | None:
    """The package that was kept there under that hash; `None` where none was. Raises DefinitionError where it was altered since."""
    kept = folder / f"{version}.json"
    if not VERSION.fullmatch(version) or not kept.is_file():
        return None
    return read_version(json.loads(kept.read_text(encoding="utf-8")), slug=slug, version=version)


def _compile(reader: Reader, texts: Mapping[str, str], folder: Path) -> tuple[ServicePackage | None, list[Finding]]:
    """The package that stands in these texts; `folder` is where messages say it stands."""
    files = {name: _parse(reader, texts[name], shown(folder, name)) for name in RULE_FILES}
    tables = {name: text for name, text in texts.items() if name not in RULE_FILES}
    guide = read_service_file(reader, files["service.yaml"], folder.name)
    parameters, parameter_places = read_parameters_file(reader, files["parameters.yaml"])
    facts = read_facts_file(reader, files["facts.yaml"])
    for name in facts.specs.keys() & parameters.keys():
        reader.note(parameter_places[name], f"{name} is a fact too")
    names: dict[str, Type] = {AS_OF: Type("date")}
    names |= {name: parameter.type for name, parameter in parameters.items()}
    names |= {name: spec.type for name, spec in facts.specs.items() if name not in facts.values}
    computed = {name: (facts.specs[name].label, at) for name, at in facts.values.items()}
    models = Models(reader, tables, shown(folder, "").rstrip("/"))
    rules = read_rules_file(reader, files["rules.yaml"], names, computed, models)
    specs = with_guards(reader, facts, rules.names)
    for derived in facts.values:
        if rules.names[derived] != specs[derived].type:
            reader.note(facts.places[derived], f"{derived} gives a {rules.names[derived]}, not a {specs[derived].type}")
    places = {**parameter_places, **facts.places, **rules.places, "service": files["service.yaml"].where}
    _check_guide(reader, guide, rules, specs, files["service.yaml"])
    check_payment(
        reader, files["service.yaml"], guide.payment, facts=specs, parameters=parameters, derived=rules.derived, values=rules.values
    )
    definition = reader.made(
        files["rules.yaml"].where,
        lambda: Definition(
            slug=guide.slug,
            version=_version_of(files, tables),
            facts=MappingProxyType(specs),
            derived=MappingProxyType(dict(rules.derived)),
            conditions=rules.conditions,
            values=MappingProxyType(dict(rules.values)),
            parameters=MappingProxyType(parameters),
            settings=MappingProxyType(dict(rules.settings)),
            record_filing=guide.item_type is ItemType.RECORD_FILING,
            in_force=rules.in_force,
            repeals=rules.repeals,
        ),
    )
    if definition is None or reader.findings:
        return None, reader.findings
    said = {name: getattr(guide, name) for name in Guide.__dataclass_fields__}
    return ServicePackage(
        **said, definition=definition, files=MappingProxyType(dict(texts)), path=folder, places=MappingProxyType(places),
        reason_codes=frozenset(rules.reasons),
    ), []


def shown(folder: Path, name: str) -> str:
    """How messages name a file of the package: `services/no-criminal-record/facts.yaml`."""
    return f"{folder.resolve().parent.name}/{folder.name}/{name}"


def _read(reader: Reader, folder: Path, name: str) -> str:
    return reader.made(name, lambda: read_source(folder / name, shown(folder, name))) or ""


def _parse(reader: Reader, text: str, shown: str) -> Placed:
    return reader.made(shown, lambda: parse_yaml(text, shown)) or Placed({}, f"{shown}:1")


def _check_guide(reader: Reader, guide: Guide, rules: RulesFile, specs: Mapping[str, FactSpec], root: Placed) -> None:
    """What the guide says agrees with the rules: placeholders, form fields, a message for each outcome."""
    if guide.licence is not None:
        for at, line in enumerate(guide.licence.lines):
            check_placeholders(reader, root.place("licence", "lines", at), line, ISSUED | rules.values.keys())
    check_claims(reader, root, guide.claims, specs)
    _check_names(reader, guide, rules, root)
    for at, field in enumerate(guide.form):
        if field.fact and field.fact not in specs and field.fact not in rules.values:
            reader.note(root.place("form", at, "fact"), f"form field {field.name}: there is no fact or value {field.fact}")
    ends = {"approve", "refer", "wait", *(condition.otherwise.outcome.value for condition in rules.conditions)}
    for end in sorted(ends - guide.messages.keys()):
        reader.note(root.place("messages"), f"messages says nothing for {end}")


# What the rooms add to the values of the decision when they tell of an occasion.
TOLD_THEN: Mapping[str, frozenset[str]] = {
    "booked": frozenset({"office", "at"}), "registered": frozenset({"done_on"}), "reminder": frozenset({"until"}),
    "lapsed": frozenset({"until"}), "paid": frozenset({"month", "paid"}), "stopped": frozenset({"month"}),
}  # fmt: skip


def _check_names(reader: Reader, guide: Guide, rules: RulesFile, root: Placed) -> None:
    """Every name by which messages, the visit and the registers reach into the rules is there."""
    values = frozenset(rules.values)
    everything = values | {name for condition in rules.conditions for name in condition.values}
    for name, message in guide.messages.items():
        filling = values | TOLD_THEN[name] if name in TOLD_THEN else values if name == "approve" else everything
        check_placeholders(reader, root.place("messages", name), message, filling | {"number"})
    if guide.visit is not None and guide.visit.until not in values:
        reader.note(root.place("visit", "until"), f"visit: there is no value {guide.visit.until}")
    for at, rule in enumerate(guide.registers):
        for name, said in rule.values.items():
            if not said.startswith('"') and said not in values | KNOWN_LATER:
                reader.note(root.place("registers", at, "values", name), f"register {rule.act}: there is no value {said}")


def _hash_of_files(folder: Path) -> str:
    """Changes with every byte of the rule files and with the place of the folder."""
    found = hashlib.sha256(str(folder.resolve()).encode())
    for name in (*RULE_FILES, *find_tables(folder)):
        path = folder / name
        found.update(name.encode())
        found.update(hashlib.sha256(path.read_bytes() if path.is_file() else b"").digest())
    return found.hexdigest()


def _version_of(files: Mapping[str, Placed], tables: Mapping[str, str]) -> str:
    """SHA-256 of the content as canonical JSON: a comment or a line break makes no new version, and cases do not either. A table
    counts to the letter.
    """
    content = {**{name: plain(placed) for name, placed in files.items()}, **tables}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
