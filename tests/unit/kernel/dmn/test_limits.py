"""What a model may have, counted while it is read."""

from __future__ import annotations

import pytest

from miaopi.kernel.dmn import namespace_of, parse
from miaopi.kernel.errors import DefinitionError, InputError
from tests.unit.kernel.dmn.written import (
    NAMESPACE,
    column,
    context,
    decision,
    entry,
    feel,
    given,
    item,
    model,
    output,
    read,
    table,
)

HEAD = f'<definitions xmlns="{NAMESPACE}" name="t" namespace="urn:t">'.encode()
ATTRIBUTES = b" ".join(b'a%d=""' % n for n in range(64))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (HEAD + b"<a/>" * 80_000, "there are more than 80,000 elements"),
        (HEAD + (b"<a " + ATTRIBUTES + b"/>") * 2_600, "there are more than 160,000 attributes"),
        (HEAD + b"<a " + b" ".join(b'xmlns:a%d="b"' % n for n in range(300)) + b"/>", "there are more than 256 prefixes"),
        (b'<d xmlns="' + b"a" * 257 + b'"/>', "a namespace has at most 256 characters"),
        (HEAD + b"<!--" + b"x" * 1_200_000, "a tag or a comment has more than 1,048,576 bytes"),
        (
            model(decision("d", context(*(entry(f"a{n}", feel("1")) for n in range(500))))),
            "reading the model takes more than 150,000 steps",
        ),
        (
            model(decision("d", f"<list>{''.join(feel(f'[{n}, ' + '1, ' * 1_000 + '1]') for n in range(80))}</list>")),
            "the expressions of the model have more than 160,000 words",
        ),
        (model(item("t0", "number"), *(item(f"t{n}", f"list<t{n - 1}>") for n in range(1, 70))), "more than 64 levels"),
        (model(*(item(f"t{n}", f"t{n + 1}") for n in range(40)), item("t40", "number")), "more than 32 types are defined one by the other"),
        (model(item("t0", "number"), item("t", "", *(item(f"+a{n}", "t0") for n in range(1_000)))), "the type t has more than 1,000 parts"),
    ],
    ids=["elements", "attributes", "prefixes", "namespace", "comment", "scopes", "words", "levels", "chain", "parts"],
)
def test_a_model_of_too_much_is_refused_where_it_becomes_too_much(source: bytes, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse(source, where="m.dmn")
    assert message in caught.value.message
    assert caught.value.where.startswith("m.dmn:")


def test_a_table_of_3700_rules_and_eight_columns_is_read() -> None:
    names = [f"i{at}" for at in range(8)]
    rows = (" | ".join(f"[{row * 10}..{row * 10 + 9}]" for _ in names) + f" -> {row}" for row in range(3_700))
    made = table("FIRST", tuple(map(column, names)), (output(),), *rows)
    found = read(*map(given, names), decision("d", made, *(f"requiredInput {name}" for name in names)))
    assert found.evaluate("d", dict.fromkeys(names, 995)) == 99
    assert found.findings == ()


def test_a_text_is_read_when_it_is_asked_for_and_equal_ones_once() -> None:
    found = read(decision("a", feel("1 + 1")), decision("b", f"<list>{feel('2')}{feel('2')}</list>"), decision("c", feel("2 +")))
    texts = [one for one in found.noted if not isinstance(one, str)]
    assert [one._read for one in texts] == [None] * 4
    assert found.evaluate("b", {}) == [2, 2]
    assert [one._read is not None for one in texts] == [False, True, True, False]
    assert texts[1].program.tree is texts[2].program.tree
    assert len(found.findings) == 1


def test_a_context_of_many_parts_is_any_for_who_reads_it() -> None:
    many = context(*(entry(f"a{n}", feel(str(n))) for n in range(210)))
    assert read(decision("c", many), decision("d", feel("c.a7 + 1"), "c")).evaluate("d", {}) == 8


def test_the_namespace_of_a_model_stands_at_its_beginning() -> None:
    assert namespace_of(b" " * 70_000 + HEAD) == "urn:t"
    with pytest.raises(DefinitionError, match="no element begins here"):
        namespace_of(b"<!-- nothing -->")


def test_types_are_made_once_however_often_they_are_named() -> None:
    lists = [given("one", "list<age>"), given("other", "list<age>")]
    asked = decision("d", feel("[1 instance of age, 2 instance of age, one = other]"), "requiredInput one", "requiredInput other")
    assert read(item("age", "number"), *lists, asked).evaluate("d", {"one": [1], "other": [1]}) == [True, True, True]


def test_a_reference_into_a_model_that_no_import_leads_to_is_refused() -> None:
    line = f'<import name="b" namespace="urn:b" importType="{NAMESPACE}"/>'
    with pytest.raises(DefinitionError, match="urn:c#d names no element"):
        read(line, decision("d", feel("1"), "urn:c#d"), resolve=lambda space, _location: model(namespace=space))


def test_a_value_of_too_many_levels_is_refused_with_its_name() -> None:
    found = read(given("deep"), decision("d", feel("count(deep)"), "requiredInput deep"))
    value: object = 1
    for _ in range(64):
        value = [value]
    assert found.evaluate("d", {"deep": value}) == 1
    with pytest.raises(InputError) as caught:
        found.evaluate("d", {"deep": [value]})
    assert (caught.value.field, caught.value.rule.en) == ("deep", "the value has more than 64 levels inside one another.")


NEW_LINE = "\n"
LONG = "count(for i in 1..14000 return if i > 0 then 1 + 1 + 1 + 1 else 0)"  # code takes fewer steps for it than the walk


def test_a_model_that_has_been_asked_before_ends_as_a_new_one() -> None:
    made = decision("d", f"<list>{''.join(feel(f'{n} + 1') for n in range(500))}{feel(LONG)}</list>")
    used = read(made, decision("long", feel(LONG)))
    assert used.evaluate("long", {}) == 14_000
    for model_ in (used, used, read(made)):
        with pytest.raises(DefinitionError, match="the expression takes more than 100000 steps"):
            model_.evaluate("d", {})


def test_equal_texts_of_a_scope_count_once_towards_the_codes_of_an_evaluation() -> None:
    found = read(decision("d", f"<list>{(feel('1 + 1') + NEW_LINE) * 500}{feel(LONG)}</list>"))
    assert found.evaluate("d", {}) == [*[2] * 500, 14_000]


@pytest.mark.parametrize(
    ("rules", "given_by"), [(5, "for i in 1..30000 return i"), (2, "{a: for i in 1..400 return i, b: for i in 1..400 return a}.b")]
)
def test_what_a_table_of_any_hit_compares_is_counted(rules: int, given_by: str) -> None:
    made = table("ANY", (column("1"),), (output(),), *["- -> b"] * rules)
    found = read(decision("b", feel(given_by)), decision("d", made, "b"))
    with pytest.raises(DefinitionError) as caught:
        found.evaluate("d", {})
    assert (caught.value.where, caught.value.message) == ("model.dmn:3", "the expression takes more than 100000 steps")
