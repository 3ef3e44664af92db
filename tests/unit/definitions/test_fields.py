"""Which fields of records the rules read: those they name, none where they count, all where nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miaopi.definitions.fields import unread_fields
from miaopi.kernel.decision import Definition, Derived, FactSpec, Privacy, RecordField
from miaopi.kernel.expr import Type, compile
from miaopi.kernel.wording import Text

TEXT = Text("文", "Text")
STRING = Type("string")
FIELDS = ("level", "year", "school")


def records(name: str, *, in_form: bool = False) -> FactSpec:
    kind = Type("list", Type("context", entries=tuple((field, STRING) for field in FIELDS)))
    fields = tuple(RecordField(field, STRING, TEXT) for field in FIELDS)
    return FactSpec(name, kind, TEXT, Privacy.PERSONAL, name, "consent", in_form=in_form, records=fields)


def read(value: str, *, shown: tuple[str, ...] = (), in_form: bool = False, **derived: str) -> str:
    """The initials of the fields of `diplomas` that are read where that is the one value of the outcome."""
    facts = {"diplomas": records("diplomas", in_form=in_form), "degrees": records("degrees")}
    names = {name: spec.type for name, spec in facts.items()}
    made: dict[str, Derived] = {}
    for name, text in derived.items():
        made[name] = Derived(name, TEXT, compile(text, names))
        names[name] = made[name].type
    definition = Definition("slug", "version", facts, made, (), {"told": compile(value, names)}, {}, {})
    unread = {field for fact, field in unread_fields(definition, shown) if fact == "diplomas"}
    return "".join(field[0] for field in FIELDS if field not in unread)


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ("diplomas.level", "l"),
        ("diplomas[1].level", "l"),
        ('diplomas[item.level = "本科"][1].school', "ls"),
        ("for each in diplomas return each.year", "y"),
        ("for each in diplomas return diplomas[1].level", "l"),
        ("for each in diplomas, other in degrees return each.year + other.level", "y"),
        ("for place in 1..count(diplomas) return diplomas[place].year", "y"),
        ('some each in diplomas satisfies each.level = "本科"', "l"),
        ('every each in diplomas[item.year = "1"] satisfies each.level = "本科"', "ly"),
        ("count(diplomas)", ""),
        ("diplomas = null or diplomas[1] != null", ""),
        ("(if count(diplomas) > 1 then diplomas else degrees)[1].school", "s"),
        ("sublist(reverse(diplomas), 1, 2).level", "l"),
        ("concatenate(diplomas, degrees)[1].level", "l"),
        ("[diplomas[1], degrees[1]].level", "l"),
        ("sort(diplomas, function(a, b) a.year < b.year)[1].school", "ys"),
        ("sort(list: diplomas, precedes: function(a, b) a.year < b.year)[1].school", "ys"),
        ("count(for each in diplomas return each)", ""),
    ],
)
def test_a_field_is_read_where_it_is_named(value: str, fields: str) -> None:
    assert read(value) == fields


@pytest.mark.parametrize(
    "value",
    [
        "diplomas",
        "diplomas[1]",
        "for each in diplomas return each",
        "diplomas[1] = degrees[1]",
        "diplomas[1] in degrees",
        "list contains(diplomas, degrees[1])",
        "count(distinct values(diplomas))",
        'get value(diplomas[1], "level")',
        "{first: diplomas[1]}.first.level",
        "(function(each) each.level)(diplomas[1])",
        "(function() diplomas[1])().level",
        "{by: function(a, b) a.year < b.year, found: sort(diplomas, by)}.found[1].level",
        "for each in diplomas return if count(partial) > 0 then partial[1] else each",
        "string(diplomas[1])",
    ],
)
def test_where_nobody_can_tell_every_field_is_read(value: str) -> None:
    assert read(value) == "lys"


def test_derived_values_hand_records_on() -> None:
    assert read("chosen.school", passing='diplomas[item.level = "本科"]', chosen="passing[1]") == "ls"
    assert read("true", chosen="diplomas[1]") == ""
    assert read("chosen", chosen="diplomas[1]") == "lys"
    assert read("for chosen in degrees return chosen.level", chosen="diplomas[1]") == ""


def test_what_a_form_or_a_payment_takes_is_taken_whole() -> None:
    assert read("true", shown=("diplomas",)) == "lys"
    assert read("true", shown=("chosen",), chosen="diplomas[1]") == "lys"
    assert read("true", shown=("degrees", "unknown")) == ""
    assert read("true", in_form=True) == "lys"


def test_a_derived_fact_is_shown_whole() -> None:
    facts = {"diplomas": records("diplomas"), "best": replace(records("best"), source="derived", records=())}
    chosen = {"best": Derived("best", TEXT, compile("diplomas[1]", {"diplomas": facts["diplomas"].type}))}
    assert unread_fields(Definition("slug", "version", facts, chosen, (), {}, {}, {}), ()) == []
