"""`exchange registers`, `lineage`, `duplicates` and what a steward does about them: base registers from the terminal."""

from __future__ import annotations

import json as codec
from collections.abc import Mapping
from typing import Annotated, Any

import cyclopts
from rich.table import Table

from miaopi.cli.journey import signed_in
from miaopi.cli.printing import emit, tell, whole
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

Steward = Annotated[str, cyclopts.Parameter(name="--as", help="the steward's sign-in code")]
Reason = Annotated[str, cyclopts.Parameter(help="why, for whoever looks at it later")]


def registers(*, json: bool = False) -> None:
    """The base registers: fields with rule and sources, how many parties each source knows and since when, pairs to be decided."""
    with attach():
        from miaopi.apps.exchange.api import list_registers

        emit({"registers": [_describe(id) for id in list_registers()]}, json, _render_registers)


def measure(register: str, *, as_: Steward, json: bool = False) -> None:
    """Have the agencies of a register count of how many parties they know each field. Only figures leave them."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import measure_coverage

        measure_coverage(register=register, by=actor, now=clock.now())
        emit({"registers": [_describe(register)]}, json, _render_registers)


def lineage(
    field: str | None = None,
    *,
    decision: Annotated[str | None, cyclopts.Parameter(help="number of a decided case")] = None,
    as_: Annotated[str | None, cyclopts.Parameter(name="--as", help="the steward's sign-in code; for --decision")] = None,
    json: bool = False,
) -> None:
    """From an agency's column to base field, facts, conditions and decisions: REGISTER, REGISTER.FIELD or the agency's RESOURCE.FIELD; or
    from a decision back to the columns."""
    with attach(report=tell):
        if decision is None:
            emit({"lineage": _trace(field)}, json, _render_lineage)
            return
        if as_ is None:
            raise InputError(
                "--as", Text(zh="查看办件须写明是谁。", en="a look at a case says who looks."),
                Text(zh="请加 --as 数据管理员的登录码。", en="Add --as with a steward's sign-in code."),
            )  # fmt: skip
        with signed_in(as_) as actor:
            emit(_trace_decision(decision, actor), json, _render_decision)


def duplicates(register: str, *, as_: Steward, find: bool = False, json: bool = False) -> None:
    """Pairs of numbers that may be one party's. --find: have the agency compare its rows first."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import find_duplicates, list_duplicates
        from miaopi.apps.identity.api import Right, authorise

        authorise(actor, Right.READ_REGISTERS)
        new = find_duplicates(register=register, by=actor, now=clock.now()) if find else 0
        emit({"duplicates": [each.to_json() for each in list_duplicates(register)], "new": new}, json, _render_duplicates)


def merge(duplicate: str, *, reason: Reason, as_: Steward, json: bool = False) -> None:
    """Decide that both numbers of a pair are one party's: from the next pull on the register answers for both."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import merge_duplicate

        emit(merge_duplicate(candidate=duplicate, reason=reason, by=actor, now=clock.now()).to_json(), json, _render_duplicate)


def distinct(duplicate: str, *, reason: Reason, as_: Steward, json: bool = False) -> None:
    """Decide that the numbers of a pair are two parties'."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import set_apart_duplicate

        emit(set_apart_duplicate(candidate=duplicate, reason=reason, by=actor, now=clock.now()).to_json(), json, _render_duplicate)


def reopen(duplicate: str, *, reason: Reason, as_: Steward, json: bool = False) -> None:
    """Take back what was decided of a pair: from the next pull on each number stands for itself again."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import reopen_duplicate

        emit(reopen_duplicate(candidate=duplicate, reason=reason, by=actor, now=clock.now()).to_json(), json, _render_duplicate)


def _describe(id: str) -> dict[str, Any]:
    from miaopi.apps.exchange.api import (
        count_duplicates,
        find_share,
        get_register,
        is_countable,
        list_coverage,
    )

    register = get_register(id)
    coverage = list_coverage(id)
    shares = {name: find_share(field, coverage.get(name, ())) for name, field in register.fields.items()}
    known = {name: share.to_json() for name, share in shares.items() if share is not None}
    fields = [
        {
            "field": field.name, "label": field.label.to_json(), "type": field.type, "privacy": str(field.privacy),
            "rule": str(field.rule), "sources": [source.name for source in field.sources],
            "known": known.get(field.name),
            "coverage": [
                {**each.to_json(), "countable": is_countable(each.source.partition(".")[0])} for each in coverage.get(field.name, ())
            ],
        }
        for field in register.fields.values()
    ]  # fmt: skip
    return {
        "id": id, "name": register.name.to_json(), "agency": register.agency, "everybody": register.everybody, "fields": fields,
        "duplicates": dict(count_duplicates(id)),
    }  # fmt: skip


def _trace(named: str | None) -> list[dict[str, Any]]:
    from miaopi.apps.approval.api import count_decisions
    from miaopi.apps.exchange.api import get_register, list_lineage, list_registers

    id, _, field = (named or "").partition(".")
    is_column = bool(field) and id not in list_registers()
    found = [get_register(each) for each in list_registers()] if is_column or not id else [get_register(id)]
    if field and not is_column and field not in found[0].fields:
        raise NotFound(Text(zh=f"基础库 {id} 没有字段“{field}”。", en=f"The base register {id} has no field {field!r}."))
    traced = [each for register in found for each in list_lineage(register, clock.now(), field=None if is_column else field or None)]
    if is_column and not (traced := [each for each in traced if named in each.field.asked]):
        raise NotFound(Text(zh=f"没有基础库取用 {named}。", en=f"No base register takes {named}."))
    made = count_decisions([use.version for each in traced for use in each.uses])
    return [
        {**each.to_json(), "uses": [{**use.to_json(), "decisions": made[use.version]} for use in each.uses]} for each in traced
    ]  # fmt: skip


def _trace_decision(number: str, actor: Any) -> dict[str, Any]:
    """Facts by name, with the columns that they were asked from and what the log has of those looks; no value of any."""
    from miaopi.apps.approval.api import find_decision
    from miaopi.apps.audit.api import list_entries
    from miaopi.apps.catalogue.api import get_service
    from miaopi.apps.exchange.api import read_lineage
    from miaopi.apps.identity.api import Right, authorise

    authorise(actor, Right.READ_REGISTERS)
    decided = find_decision(number)
    if decided is None:
        raise NotFound(Text(zh="没有这个办件，或还没有决定。", en="There is no such case, or no decision of it yet."))
    definition = get_service(decided.service, decided.version).definition
    used = codec.loads(bytes(decided.statement))["facts"]
    asked = {name: definition.facts[name].scope for name in used if name in definition.facts and definition.facts[name].resource}
    columns = read_lineage(subject=decided.applicant, number=number, facts=asked, by=actor, now=clock.now())
    log = list_entries(number=number)
    looks = [each for each in log if each.kind == "exchange.DataPulled"]
    answers = [(each, told) for each in log if each.kind == "exchange.BaseAnswered" for told in each.body["answers"]]
    facts = [
        {
            "fact": name, "sources": list(sources), "columns": [each.to_json() for each in columns[name]],
            "conditions": [each.id for each in definition.conditions_on(decided.as_of) if name in definition.reads(each.holds)],
            "looks": [
                {"seq": each.seq, "at": each.at.isoformat(), "resource": each.body["resource"], "agency": each.body["agency"],
                 "result": each.body["result"]}
                for each in looks
                if {f"{each.body['resource']}.{field}" for field in each.body["fields"]} & {column.source for column in columns[name]}
            ],
            "base": [told for each, told in answers if f"{each.body['register']}.{told.partition(':')[0]}" in sources],
        }
        for name, sources in asked.items()
    ]  # fmt: skip
    return {"number": number, "service": decided.service, "version": decided.version, "decision": decided.id, "facts": facts}


def _render_registers(result: Mapping[str, Any]) -> str:
    lines = []
    for register in result["registers"]:
        lines.append(f"{register['id']}（{register['name']['zh']}），重复待判 / pairs to decide: {register['duplicates']['open']}")
        for field in register["fields"]:
            lines.append(f"  {field['field']}（{field['label']['zh']}）{field['rule']}{_known(field['known'])}")
            counted = {each["source"]: f"：{_share(each)}" for each in field["coverage"]}
            lines += [f"    ← {source}{counted.get(source, '')}" for source in field["sources"]]
    return "\n".join(lines)


def _known(share: Mapping[str, Any] | None) -> str:
    bounds = {"": "", "least": "至少 / at least ", "most": "至多 / at most "}
    return "" if share is None else f" {bounds[share['bound']]}{share['share']:.1%}"


def _share(figures: Mapping[str, Any]) -> str:
    if figures["known"] is None:
        return "未统计 / not counted" if figures["countable"] else "不可统计 / not countable"
    share = "" if figures["share"] is None else f" ({figures['share']:.1%})"
    return f"{figures['known']}{share}"


def _render_lineage(result: Mapping[str, Any]) -> str:
    lines = []
    for each in result["lineage"]:
        lines.append(f"{each['field']}（{each['label']['zh']}）{each['rule']}")
        lines += [f"  ← {_column(column)}" for column in each["columns"]]
        lines += [
            f"  → {use['service']}: {use['fact']} → {', '.join(use['conditions']) or '–'} → {use['decisions']} 份决定 / decisions"
            for use in each["uses"]
        ]
    return "\n".join(lines) or "没有 / none"


def _render_decision(result: Mapping[str, Any]) -> str:
    lines = [f"{result['number']} {result['service']}"]
    for each in result["facts"]:
        lines.append(f"{each['fact']} → {', '.join(each['conditions']) or '–'}")
        lines += [f"  {told}" for told in each["base"]]
        lines += [f"  ← {_column(column)}" for column in each["columns"]]
        lines += [f"    {look['at']} {look['agency']}: {look['result']}" for look in each["looks"]]
    return "\n".join(lines)


def _column(column: Mapping[str, Any]) -> str:
    stands = f"{column['at']} {column['column']}" if column["at"] else "本平台 / own room" if column["kind"] else "未接入 / not connected"
    return f"{column['source']} ← {column['agency']} {stands}"


def _render_duplicates(result: Mapping[str, Any]) -> Table | str:
    if not result["duplicates"]:
        return "没有 / none"
    table = Table(whole("编号 / id"), "线索 / by", "分 / score", "状态 / state")
    for row in result["duplicates"]:
        table.add_row(row["id"], row["suspicion"], str(row["score"]), _state(row))
    return table


def _render_duplicate(row: Mapping[str, Any]) -> str:
    return f"{row['id']}: {_state(row)}"


def _state(row: Mapping[str, Any]) -> str:
    return f"{row['state_text']['zh']} / {row['state_text']['en']}"
