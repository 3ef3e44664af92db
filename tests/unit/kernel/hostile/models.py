"""Models of somebody hostile, and how each ends: read, then asked for a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from miaopi.kernel.dmn import parse
from tests.unit.kernel.dmn.written import (
    NAMESPACE,
    column,
    context,
    decision,
    entry,
    feel,
    given,
    item,
    knowledge,
    model,
    output,
    service,
    table,
)

WHERE: Final = "hostile.dmn"
HEAD: Final = f'<definitions xmlns="{NAMESPACE}" name="t" namespace="urn:t">'.encode()


@dataclass(frozen=True, slots=True)
class Written:
    """A model, the decision that is asked for, and the models that it can import."""

    source: bytes
    asked: str = "d"
    imported: Mapping[str, bytes] = field(default_factory=dict)


def written(*elements: str, asked: str = "d") -> Written:
    return Written(model(*elements), asked)


def rows(count: int, cell: str, columns: int = 4) -> Written:
    """A table of so many rules, with the number of the cell for `{}`."""
    names = [f"i{at}" for at in range(columns)]
    cells = (
        " | ".join(cell.replace("{}", str(row * columns + at)) for at in range(columns))
        for row in range(count)
    )
    rules = (f"{tests} -> {row}" for row, tests in enumerate(cells))
    made = table("COLLECT", tuple(map(column, names)), (output(),), *rules)
    return written(*map(given, names), decision("d", made, *(f"requiredInput {name}" for name in names)))


def alike(count: int) -> Iterator[str]:
    """Numbers that Python's hash takes for alike: they lie 2⁶¹ − 1 × 10⁻¹⁵ apart."""
    for place in range(count):
        whole, part = divmod(place * (2**61 - 1) + 1, 10**15)
        yield f"{whole}.{part:015}"


def numbered(values: Sequence[str], size: int) -> Written:
    """A table of one column, whose cells name the values, so many each."""
    cells = (", ".join(values[start : start + size]) for start in range(0, len(values), size))
    made = table("COLLECT", (column("i"),), (output(),), *(f"{cell} -> 1" for cell in cells))
    return written(given("i", "number"), decision("d", made, "requiredInput i"))


def listed(expressions: Iterable[str]) -> str:
    return f"<list>{''.join(expressions)}</list>"


def nested(opening: str, inner: str, closing: str, count: int) -> str:
    return opening * count + inner + closing * count


def loop(name: str, source: str, body: str) -> str:
    return f'<for iteratorVariable="{name}"><in>{feel(source)}</in><return>{body}</return></for>'


def numbers(count: int) -> str:
    return ", ".join(map(str, range(count)))


def many(piece: str, count: int) -> str:
    return ", ".join([piece] * count)


def imports(
    ways: Mapping[str, Sequence[str]], first: str = "urn:a", padding: int = 0, more: tuple[str, ...] = ()
) -> Written:
    """Models by their namespaces, with those that each imports; `more` are elements of the first one."""
    sources = {}
    for space, others in ways.items():
        lines = [
            f'<import name="{one}" namespace="{one}" importType="{NAMESPACE}" locationURI="{WHERE}"/>'
            for one in others
        ]
        extra = more if space == first else (f"<!--{'x' * padding}-->",)
        sources[space] = model(*lines, decision("d", feel("1")), *extra, namespace=space)
    return Written(sources[first], imported=sources)


# How to make the model: not all of them are kept at once. Then the class of the error that it ends in and a part of its message,
# `fault` and a part of it where the value is null for it, or `value` where it is one.
MODELS: Final[Mapping[str, tuple[Callable[[], bytes | Written], str]]] = {
    "an entity bomb": (
        lambda: (
            b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a;" * 10) for n in range(9))
            + b"]><d>&a8;</d>"
        ),
        "DefinitionError: a document type or an entity is declared here; neither is read",
    ),
    "a document type from outside": (
        lambda: b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
        "DefinitionError: a document type or an entity is declared here; neither is read",
    ),
    "an entity from outside": (
        lambda: b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
        "DefinitionError: a document type or an entity is declared here; neither is read",
    ),
    "a file of 64 megabytes": (
        lambda: b" " * 64_000_000,
        "DefinitionError: the file, with those that it imports, has more than 4,194,304 bytes",
    ),
    "a table of ten megabytes": (
        lambda: rows(90_000, "1"),
        "DefinitionError: the file, with those that it imports, has more than 4,194,304 bytes",
    ),
    "elements without end": (
        lambda: HEAD + b"<a/>" * 200_000,
        "DefinitionError: there are more than 80,000 elements",
    ),
    "elements in elements": (
        lambda: HEAD + b"<a>" * 200_000,
        "DefinitionError: elements lie more than 64 deep in each other",
    ),
    "attributes of one element": (
        lambda: HEAD + b"<a " + b" ".join(b'a%d=""' % n for n in range(300_000)) + b"/>",
        "DefinitionError: a tag or a comment has more than 1,048,576 bytes",
    ),
    "attributes of many elements": (
        lambda: HEAD + (b"<a " + b" ".join(b'a%d=""' % n for n in range(64)) + b"/>") * 7_000,
        "DefinitionError: there are more than 160,000 attributes",
    ),
    "prefixes without end": (
        lambda: HEAD + b"<a " + b" ".join(b'xmlns:a%d="b"' % n for n in range(200_000)) + b"/>",
        "DefinitionError: a tag or a comment has more than 1,048,576 bytes",
    ),
    "a namespace of a million signs in each element": (
        lambda: b'<d xmlns="' + b"a" * 2_000_000 + b'">' + b"<a/>" * 70_000 + b"</d>",
        "DefinitionError: a tag or a comment has more than 1,048,576 bytes",
    ),
    "a name of a million signs": (
        lambda: HEAD + b"<" + b"a" * 1_000_000 + b"/></definitions>",
        "NotFound: the model has no decision",
    ),
    "comments without end": (
        lambda: HEAD + b"<!--a-->" * 500_000 + b"</definitions>",
        "NotFound: the model has no decision",
    ),
    "instructions without end": (
        lambda: HEAD + b"<?a b?>" * 500_000 + b"</definitions>",
        "NotFound: the model has no decision",
    ),
    "signs by their numbers": (
        lambda: HEAD + b"&#65;" * 800_000 + b"</definitions>",
        "NotFound: the model has no decision",
    ),
    "an encoding that is none": (
        lambda: b'<?xml version="1.0" encoding="bz2"?><a/>',
        "DefinitionError: this is no XML in an encoding that is read; write it in UTF-8",
    ),
    "zeros": (
        lambda: bytes(1_000),
        "DefinitionError: this is no well-formed XML: not well-formed (invalid token)",
    ),
    "the same identifier twice": (
        lambda: written(decision("d", feel("1")), decision("d", feel("2"))),
        "DefinitionError: two elements have the identifier d",
    ),
    "requirements in a circle": (
        lambda: written(*(decision(f"d{n}", feel("1"), f"d{(n + 1) % 10_000}") for n in range(10_000))),
        "DefinitionError: the requirements run in a circle: d0 → d1 → d2",
    ),
    "requirements that lead nowhere": (
        lambda: written(decision("d", feel("1"), "nowhere")),
        "DefinitionError: #nowhere names no element of this model or of one that it imports",
    ),
    "requirements in a chain": (
        lambda: written(
            *(
                decision(f"d{n}", feel(f"d{n - 1} + 1" if n else "1"), *([f"d{n - 1}"] if n else []))
                for n in range(3_000)
            ),
            asked="d2999",
        ),
        "value",
    ),
    "decisions without end": (
        lambda: written(*(decision(f"d{n}", feel(f"{n}")) for n in range(19_000))),
        "DefinitionError: the expressions of the model have more than 160,000 words",
    ),
    "inputs without end": (
        lambda: written(
            *(given(f"i{n}") for n in range(12_000)),
            decision("d", feel("1"), *(f"requiredInput i{n}" for n in range(12_000))),
        ),
        "value",
    ),
    "texts that see inputs without end": (
        lambda: written(
            *(given(f"i{n}") for n in range(9_000)),
            decision(
                "d",
                listed(feel(f"i{n}") for n in range(9_000)),
                *(f"requiredInput i{n}" for n in range(9_000)),
            ),
        ),
        "value",
    ),
    "a name of many words, quotes and lines": (
        lambda: written(decision('a"&#10;b ' * 9_000, feel("1"))),
        "NotFound: the model has no decision",
    ),
    "a decision without a name": (lambda: written("<decision/>"), "NotFound: the model has no decision"),
    "cells that nobody shares": (lambda: rows(3_600, "< {}"), "value"),
    "cells of many words": (lambda: rows(3_600, "1, 2, 3, {}"), "value"),
    "cells of numbers that are hashed alike": (
        lambda: numbered(list(alike(40_000)), 20),
        "value",
    ),
    "a few cells of numbers that are hashed alike": (
        lambda: numbered(list(alike(15_000)), 2_500),
        "value",
    ),
    "cells of brackets": (
        lambda: rows(2_000, "[" * 40 + "{}" + "]" * 40),
        "DefinitionError: the expressions of the model have more than 160,000 words",
    ),
    "cells of loops": (
        lambda: rows(3_600, "for i in 1..100000000 return {}"),
        "DefinitionError: the list has more than 65536 elements",
    ),
    "cells that are no FEEL": (lambda: rows(3_600, "{} +"), "fault: a value is expected here, not the end"),
    "cells of patterns": (
        lambda: rows(3_600, 'matches("' + "a" * 200 + '", "(a+)+b{}")'),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "a cell of 60,000 signs": (lambda: rows(1, "1, " * 9_000 + "{}"), "value"),
    "a text of quotation marks": (
        lambda: written(decision("d", feel('"' + '\\"' * 32_000))),
        "fault: the string has no closing quotation mark",
    ),
    "allowed values without end": (
        lambda: written(
            decision(
                "d",
                table("PRIORITY", (column("1"),), (output("x", "", numbers(9_000)),), *['- -> "x"'] * 3_000),
            )
        ),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "types in a circle": (
        lambda: written(item("a", "b"), item("b", "a"), decision("d", feel("1"), of="a")),
        "DefinitionError: the type a is defined by itself: a → b → a",
    ),
    "types in types": (
        lambda: written(
            *(
                item(f"t{n}", "", *(item(f"+{c}", f"t{n - 1}" if n else "number") for c in "ab"))
                for n in range(40)
            ),
            decision("d", feel("1"), of="t39"),
        ),
        "DefinitionError: the type t8 has more than 1,000 parts",
    ),
    "types of lists of types": (
        lambda: written(
            *(item(f"t{n}", f"list<t{n - 1}>" if n else "number") for n in range(15_000)),
            decision("d", feel("1")),
        ),
        "DefinitionError: the type list<list<",
    ),
    "components in components": (
        lambda: written(
            "<itemDefinition name='t'>"
            + "<itemComponent name='c'>" * 55
            + "</itemComponent>" * 55
            + "</itemDefinition>",
            decision("d", feel("1"), of="t"),
        ),
        "fault: the value is no t",
    ),
    "types without end": (
        lambda: written(
            *(item(f"t{n}", "number", allowed=f"> {n}") for n in range(15_000)), decision("d", feel("1"))
        ),
        "DefinitionError: reading the model takes more than 150,000 steps",
    ),
    "types that nothing defines": (
        lambda: written(*(given(f"i{n}", f"type{n}") for n in range(20_000)), decision("d", feel("1"))),
        "value",
    ),
    "a type of 4,000,000 signs": (
        lambda: written(given("i", "list<" * 700_000), decision("d", feel("1"))),
        "DefinitionError: the file, with those that it imports, has more than 4,194,304 bytes",
    ),
    "what a type allows without end": (
        lambda: written(item("t", "number", allowed=numbers(15_000)), decision("d", feel("1"), of="t")),
        "DefinitionError: reading the model takes more than 150,000 steps",
    ),
    "what many types allow": (
        lambda: written(
            *(item(f"t{n}", "number", allowed=numbers(1_000)) for n in range(60)),
            decision("d", feel("1"), of="t1"),
        ),
        "DefinitionError: reading the model takes more than 150,000 steps",
    ),
    "what a type allows takes long": (
        lambda: written(
            item("t", "any", allowed="some a in 1..10000000 satisfies a < 0"),
            decision("d", feel("1"), of="t"),
        ),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "contexts in contexts": (
        lambda: written(
            decision("d", nested("<context><contextEntry>", feel("1"), "</contextEntry></context>", 28))
        ),
        "value",
    ),
    "entries without end": (
        lambda: written(decision("d", context(*(entry(f"a{n}", feel("1")) for n in range(9_000))))),
        "DefinitionError: reading the model takes more than 150,000 steps",
    ),
    "entries that see each other": (
        lambda: written(
            decision("d", context(*(entry(f"a{n}", feel(f"a{n - 1} + 1" if n else "1")) for n in range(300))))
        ),
        "value",
    ),
    "lists in loops": (
        lambda: written(decision("d", loop("i", "[1..60000]", "<list>" + "<list/>" * 1_000 + "</list>"))),
        "DefinitionError: the evaluation takes more than 100000 steps",
    ),
    "loops in loops": (
        lambda: written(
            decision(
                "d",
                nested(
                    f'<for iteratorVariable="i"><in>{feel("[1..60000]")}</in><return>',
                    feel("1"),
                    "</return></for>",
                    20,
                ),
            )
        ),
        "DefinitionError: the evaluation takes more than 100000 steps",
    ),
    "filters in loops": (
        lambda: written(
            decision(
                "d",
                loop(
                    "i",
                    "[1..60000]",
                    f"<filter><in>{feel('[1, 2, 3]')}</in><match>{feel('item > 1')}</match></filter>",
                ),
            )
        ),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "a relation without end": (
        lambda: written(
            decision(
                "d",
                "<relation>"
                + '<column name="a"/>' * 200
                + f"<row>{feel('1') * 200}</row>" * 190
                + "</relation>",
            )
        ),
        "value",
    ),
    "knowledge of itself": (
        lambda: written(
            knowledge("f", feel("f(n + 1)"), "n"), decision("d", feel("f(1)"), "requiredKnowledge f")
        ),
        "DefinitionError: more than 50 functions inside one another",
    ),
    "knowledge of itself twice": (
        lambda: written(
            knowledge("f", feel("if n > 40 then 1 else f(n + 1) + f(n + 1)"), "n"),
            decision("d", feel("f(1)"), "requiredKnowledge f"),
        ),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "knowledge of itself in a box": (
        lambda: written(
            knowledge("f", f"<list>{feel('if n > 40 then 1 else f(n + 1)') * 1_000}</list>", "n"),
            decision("d", feel("f(1)"), "requiredKnowledge f"),
        ),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "functions in functions": (
        lambda: written(
            decision("d", nested("<functionDefinition>", feel("1"), "</functionDefinition>", 55))
        ),
        "value",
    ),
    "parameters without end": (
        lambda: written(
            knowledge("f", feel("1"), *(f"p{n}" for n in range(20_000))),
            decision("d", feel("f(1)"), "requiredKnowledge f"),
        ),
        "fault: the function takes 20000 values, not 1",
    ),
    "bindings without end": (
        lambda: written(
            decision(
                "d",
                f"<invocation>{feel('max')}"
                + "".join(f'<binding><parameter name="p{n}"/>{feel("1")}</binding>' for n in range(9_000))
                + "</invocation>",
            )
        ),
        "BudgetError: an expression has at most 65536 characters",
    ),
    "services without end": (
        lambda: written(
            *(service(f"s{n}", "outputDecision d") for n in range(5_000)),
            decision("d", feel("1")),
            decision("e", feel("1"), *(f"requiredKnowledge s{n}" for n in range(5_000))),
            asked="e",
        ),
        "value",
    ),
    "functions of another language": (
        lambda: written(
            knowledge("f", context(entry("class", feel('"java.lang.Runtime"'))), "n", kind="Java"),
            decision("d", feel('f("true")'), "requiredKnowledge f"),
        ),
        "fault: external Java functions are not run",
    ),
    "a text of 70,000 signs": (
        lambda: written(decision("d", feel("1 + " * 20_000))),
        "BudgetError: an expression has at most 65536 characters",
    ),
    "many texts of 60,000 signs": (
        lambda: written(decision("d", listed(feel("[" + many(str(n), 20_000) + "]") for n in range(40)))),
        "DefinitionError: the expressions of the model have more than 160,000 words",
    ),
    "the same text of 60,000 signs, often": (
        lambda: written(decision("d", listed(feel("[" + many("1", 20_000) + "]") for _ in range(40)))),
        "DefinitionError: the expression takes more than 100000 steps",
    ),
    "texts that nobody asks for": (
        lambda: written(
            decision("d", listed(feel(f"if false then [{many('1', 5_000)}, {n}] else 1") for n in range(13)))
        ),
        "value",
    ),
    "mistakes without end": (
        lambda: written(decision("d", listed(feel("1 / 0") for _ in range(20_000)))),
        "DefinitionError: the evaluation takes more than 100000 steps",
    ),
    "a long name that nothing has, often": (
        lambda: written(decision("d", loop("i", "[1..60000]", feel("x" * 60_000)))),
        "BudgetError: a name has at most 256 characters",
    ),
    "a value that doubles": (
        lambda: written(
            decision(
                "d",
                context(
                    entry("a0", feel("[1]")),
                    *(entry(f"a{n}", feel(f"[a{n - 1}, a{n - 1}]")) for n in range(1, 40)),
                ),
            )
        ),
        "DefinitionError: the evaluation takes more than 100000 steps",
    ),
    "imports in a circle": (
        lambda: imports({"urn:a": ["urn:b"], "urn:b": ["urn:c"], "urn:c": ["urn:a"]}),
        "DefinitionError: the imports run in a circle: urn:a → urn:b → urn:c → urn:a",
    ),
    "imports of imports": (
        lambda: imports({f"urn:{n}": [f"urn:{n + 1}"] for n in range(200)}, first="urn:0"),
        "DefinitionError: more than 64 models are imported",
    ),
    "imports in many ways": (
        lambda: imports(
            {f"urn:{n}": [f"urn:{m}" for m in range(n + 1, 12)] for n in range(12)}, first="urn:0"
        ),
        "DefinitionError: the imports lead to models in more than 256 ways",
    ),
    "imports of four megabytes each": (
        lambda: imports(
            {"urn:a": [f"urn:{n}" for n in range(60)], **{f"urn:{n}": [] for n in range(60)}},
            padding=4_000_000,
        ),
        "DefinitionError: a tag or a comment has more than 1,048,576 bytes",
    ),
    "an import that is not there": (
        lambda: imports({"urn:a": ["urn:b"]}),
        "DefinitionError: the imported model urn:b is not there",
    ),
    "an import of itself": (
        lambda: imports({"urn:a": ["urn:a"]}),
        "DefinitionError: the imports run in a circle: urn:a → urn:a",
    ),
    "references into imports": (
        lambda: imports(
            {"urn:a": ["urn:b"], "urn:b": []},
            more=tuple(decision(f"e{n}", feel("1"), "urn:b#d") for n in range(15_000)),
        ),
        "DefinitionError: there are more than 80,000 elements",
    ),
}


def read(make: Callable[[], bytes | Written]) -> Callable[[], object]:
    """The case, its model made beforehand."""
    found = make()
    return partial(_ask, found if isinstance(found, Written) else Written(found))


def _ask(written: Written) -> str:
    found = parse(written.source, resolve=lambda space, _location: written.imported.get(space), where=WHERE)
    _, errors = found.evaluate_traced(written.asked, {})
    return f"fault: {errors[0]}" if errors else "value"


CASES: Final = {name: partial(read, make) for name, (make, _) in MODELS.items()}
