"""Where data come from and what is taken: agencies, resources, and what a source answered instead of a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from miaopi.apps.catalogue.api import Resource, get_resources, list_agencies
from miaopi.apps.exchange.api import COMBINING, find_base_field, list_scope
from miaopi.kernel.decision import FactSpec
from miaopi.kernel.wording import Text

NOTHING: Final = {
    "absent": Text(zh="答：没有", en="it answered: none"),
    "silent": Text(zh="没有回应", en="it did not answer"),
    "conflict": Text(zh="互相矛盾，没有用", en="they contradict, not used"),
    "doubted": Text(zh="对方整体可疑，没有用", en="its answers are in doubt, not used"),
    "unsaid": Text(zh="没有说", en="it did not say"),
    "stale": Text(zh="太旧，没有用", en="too old, not used"),
    "awaited": Text(zh="已收到查询，稍后答复", en="it took the question and answers later"),
    "outside": Text(zh="不在约定的范围内，没有给出", en="outside what was agreed, nothing given"),
}


def join(texts: Iterable[Text]) -> Text:
    held = list(texts)
    return Text(zh="、".join(text.zh for text in held), en=", ".join(text.en for text in held))


def join_names(resource: Resource) -> Text:
    return Text(zh=f"{resource.agency.name.zh}·{resource.name.zh}", en=f"{resource.agency.name.en}, {resource.name.en}")


def name_agencies() -> Mapping[str, Text]:
    """What the agencies are called, by id."""
    return {agency.id: agency.name for agency in list_agencies()}


def seal_of(resource: Resource) -> str:
    """One character of the agency that keeps the data, as on a seal."""
    return resource.agency.name.zh[0]


def group_sources(facts: Iterable[FactSpec]) -> list[dict[str, Any]]:
    """The facts a service asks of agencies, a row a resource: its seal, name, what is taken, and how many; of facts that come from a base
    register, what stands behind them, and in `base` how several agencies make one fact."""
    held: dict[str, dict[str, list[FactSpec]]] = {}
    for spec in facts:
        is_base = find_base_field(next(iter(spec.scope), "")) is not None
        for asked in list_scope([spec]) if is_base or not spec.records else (spec.source,):
            held.setdefault(asked.partition(".")[0], {}).setdefault(asked, []).append(spec)
    resources = get_resources(held)
    return [_group(resources[name], taken) for name, taken in held.items() if name in resources]


def _group(resource: Resource, taken: Mapping[str, Sequence[FactSpec]]) -> dict[str, Any]:
    specs = {spec.name: spec for those in taken.values() for spec in those}.values()
    return {
        "resource": resource.id,
        "seal": seal_of(resource),
        "name": join((resource.agency.name, resource.name)),
        "fields": join(_name_taken(resource, source, those[0]) for source, those in taken.items()),
        "count": len(taken),
        "told": Text(zh="".join(spec.told.zh for spec in specs if spec.told), en=" ".join(spec.told.en for spec in specs if spec.told)),
        "sensitive": any(spec.privacy == "sensitive" for spec in specs),
        "base": [told for spec in specs if (told := _show_base(spec)) is not None],
    }


def _name_taken(resource: Resource, source: str, spec: FactSpec) -> Text:
    """In the words of the service; what is asked for a base field, in those of the agency."""
    field = resource.fields.get(source.partition(".")[2])
    return spec.label if source in (spec.source, resource.id) or field is None else field.label


def show_source(spec: FactSpec, resource: Resource) -> Text:
    """Who said it, and of which base register it is a field."""
    found = find_base_field(next(iter(spec.scope), ""))
    if found is None:
        return resource.name
    register, _ = found
    return Text(zh=f"{resource.name.zh}（{register.name.zh}）", en=f"{resource.name.en} ({register.name.en})")


def _show_base(spec: FactSpec) -> Text | None:
    """`出生日期：人口基本信息、户籍信息，须一致，不一致时由人核对`: who gives a fact together, and by which rule."""
    found = find_base_field(spec.source)
    if found is None or len(found[1].sources) == 1:
        return None
    _, field = found
    asked = list(dict.fromkeys(source.name.partition(".")[0] for source in field.sources))
    resources, rule = get_resources(asked), COMBINING[field.rule]
    names = join(resources[each].name for each in asked if each in resources)
    return Text(zh=f"{spec.label.zh}：{names.zh}，{rule.zh}", en=f"{spec.label.en}: {names.en}; {rule.en}")
