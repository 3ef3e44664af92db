"""Expressions written by chance: typed ones and a few that are not, over every construct and the whole library. A seed gives
the same texts always; made for a million of them, so nothing shrinks.
"""

from __future__ import annotations

import random

from miaopi.kernel.expr import Type
from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.tree import COMPARISONS
from tests.property.writer import KINDS, PERSON, SINGLE, Maker, Makers, Writer


def _arithmetic(to: Writer, kind: str, depth: int) -> str:
    operator = to.chance.choice(("+", "-", "*", "/", "+", "-", "*", "**"))
    return f"({to.value('number', depth)} {operator} {to.value('number', depth)})"


def _negative(to: Writer, kind: str, depth: int) -> str:
    return f"-({to.value(kind, depth)})"


def _reckoned(to: Writer, kind: str, depth: int) -> str:
    """Days, moments and durations added and subtracted."""
    lengths = ("days and time duration", "years and months duration")
    match kind:
        case "days and time duration":
            point = to.chance.choice(("date", "date and time", "time", kind))
            return f"({to.value(point, depth)} - {to.value(point, depth)})"
        case "years and months duration":
            return f"({to.value(kind, depth)} {to.chance.choice('*/')} {to.value('number', depth)})"
        case "number":
            length = to.chance.choice(lengths)
            return f"({to.value(length, depth)} / {to.value(length, depth)})"
        case _:
            return f"({to.value(kind, depth)} {to.chance.choice('++-')} {to.value(to.chance.choice(lengths), depth)})"


def _joined(to: Writer, kind: str, depth: int) -> str:
    return f"({to.value('string', depth)} + {to.value('string', depth)})"


def _part(to: Writer, kind: str, depth: int) -> str:
    match kind:
        case "number":
            one, part = to.chance.choice((
                ("date", "year"), ("date", "month"), ("date", "weekday"), ("date and time", "hour"), ("time", "minute"),
                ("days and time duration", "hours"), ("years and months duration", "months"), ("p", "age"),
                ("range<number>", "start"), ("range<number>", "end"),
            ))  # fmt: skip
            return f"{'p' if one == 'p' else f'({to.value(one, depth)})'}.{part}"
        case "boolean":
            return f"({to.value('range<number>', depth)}).{to.chance.choice(('start included', 'end included'))}"
        case "list<number>":
            return to.chance.choice(("p.marks", "lp.age", "ld.year", f"({to.value('list<any>', depth)}).a"))
        case "string":
            return to.chance.choice(("p.name", "lp[1].name", '{a: "x"}.a', f"({to.value('time', depth)}).timezone"))
        case _:
            return f"({to.value('context', depth)}).{to.chance.choice(('a', 'born', 'name', 'c'))}"


def _compared(to: Writer, kind: str, depth: int) -> str:
    one = to.chance.choice((*SINGLE, "number", "number", "string", *KINDS))
    operator = to.chance.choice(COMPARISONS if one in SINGLE and one != "boolean" else COMPARISONS[:2])
    return f"({to.value(one, depth)} {operator} {to.value(one, depth)})"


def _with_null(to: Writer, kind: str, depth: int) -> str:
    return f"({to.value(to.chance.choice(KINDS), depth)} {to.chance.choice(('=', '!='))} null)"


def _logic(to: Writer, kind: str, depth: int) -> str:
    word = to.chance.choice((" and ", " or "))
    return f"({word.join(to.value('boolean', depth) for _ in range(to.chance.choice((2, 2, 3, 4))))})"


def _not(to: Writer, kind: str, depth: int) -> str:
    return f"not({to.value('boolean', depth)})"


def _between(to: Writer, kind: str, depth: int) -> str:
    one = to.chance.choice(("number", "number", "date", "string", "days and time duration"))
    depth = to.chance.choice((0, depth))
    return f"({to.value(one, depth)} between {to.value(one, depth)} and {to.value(one, depth)})"


def _in(to: Writer, kind: str, depth: int) -> str:
    one = to.chance.choice(("number", "string", "date", "number", "list<number>", *SINGLE))
    if to.chance.random() < 0.3:
        return f"({to.value(one, depth)} in {to.value(to.chance.choice(('list<any>', f'list<{one}>')), depth)})"
    tests = ", ".join(to.test(one, depth) for _ in range(to.chance.choice((1, 2, 3))))
    return f"({to.value(one, to.chance.choice((0, depth)))} in ({tests}))"


def _instance_of(to: Writer, kind: str, depth: int) -> str:
    types = (*SINGLE, "list<number>", "range<number>", "context<a: number>", "any")
    return f"({to.value('any', depth)} instance of {to.chance.choice(types)})"


def _quantified(to: Writer, kind: str, depth: int) -> str:
    rounds, names = _iterations(to, depth)
    return f"({to.chance.choice(('some', 'every'))} {rounds} satisfies {to.bound(names, 'boolean', depth)})"


def _loop(to: Writer, kind: str, depth: int) -> str:
    rounds, names = _iterations(to, depth)
    item = to.chance.choice(SINGLE) if kind == "list<any>" else kind[5:-1]
    if to.chance.random() < 0.15:
        return f"(for {rounds} return {to.chance.choice(('count(partial)', 'partial[-1]', 'sum(partial)', 'partial'))})"
    return f"(for {rounds} return {to.bound(names, item, depth)})"


def _iterations(to: Writer, depth: int) -> tuple[str, dict[str, str]]:
    names: dict[str, str] = {}
    rounds = []
    for name in to.chance.sample(("x", "y", "n", "s"), to.chance.choice((1, 1, 1, 2))):
        match to.chance.randrange(4):
            case 0:
                ends = [str(to.chance.randint(-2, 4)) if to.chance.random() < 0.7 else to.bound(names, "number", 0) for _ in "ab"]
                rounds.append(f"{name} in {'..'.join(ends)}")
                names[name] = "number"
            case 1:
                rounds.append(f"{name} in {to.chance.choice(('lp', 'rg', 'ld', 'u', 'lu', '[1..3)', 'n', to.range('range<date>', 0)))}")
                names[name] = PERSON if rounds[-1].endswith("lp") else "any"
            case _:
                item = to.chance.choice(("number", "string", "boolean"))
                rounds.append(f"{name} in {to.bound(names, f'list<{item}>', depth)}")
                names[name] = item
    return ", ".join(rounds), names


def _filtered(to: Writer, kind: str, depth: int) -> str:
    """Elements of a list; for a single kind, the one at a place."""
    if not kind.startswith("list"):
        return f"({to.value(f'list<{kind}>', depth)})[{to.chance.choice(('1', '2', '-1', '0', to.value('number', 0)))}]"
    if to.chance.random() < 0.25:
        entries = {"age": "number", "name": "string", "born": "date"}
        test = to.bound(entries if to.is_open else {}, "boolean", depth)
        test = test if to.is_open else f"item.age > 18 or {test}"
        return f"(lp[{test}]).{to.chance.choice(('age', 'name', 'marks'))}"
    if to.is_open and to.chance.random() < 0.1:
        elements = f"{{item: {to.leaf('number')}, k: 1}}, {{k: 2}}, {to.leaf('number')}"
        return f"[{elements}][item {to.chance.choice(COMPARISONS)} {to.leaf('number')}]"
    item = kind[5:-1]
    base = to.value(kind, depth)
    return f"({base})[{to.bound({'item': item}, 'boolean', depth)} or item = null]"


def _list_of(to: Writer, kind: str, depth: int) -> str:
    item = to.chance.choice(KINDS) if kind == "list<any>" else kind[5:-1]
    return f"[{', '.join(to.value(item, depth) for _ in range(to.chance.choice((0, 1, 2, 3))))}]"


def _called(to: Writer, kind: str, depth: int) -> str:
    known = BY_KIND.get(kind) or BY_KIND["any"]
    return to.call(to.chance.choice(known), depth)


def _anything_called(to: Writer, kind: str, depth: int) -> str:
    return to.call(to.chance.choice(tuple(FUNCTIONS)), depth)


def _range(to: Writer, kind: str, depth: int) -> str:
    if to.chance.random() < 0.3:
        return f"({to.chance.choice(('<', '<=', '>', '>=', '='))} {to.value(kind[6:-1], depth)})"
    return to.range(kind, depth)


def _context(to: Writer, kind: str, depth: int) -> str:
    outer, entries = to.names, []
    for key in to.chance.sample(("a", "b", "c", "n", "name"), to.chance.choice((1, 2, 3))):
        one = to.chance.choice(KINDS)
        entries.append(f"{key}: {to.value(one, depth)}")
        to.names = [*to.names, (key, one)]
    to.names = outer
    if to.chance.random() < 0.03 and to.is_open:
        entries.append(entries[0])
    return f"{{{', '.join(entries)}}}"


def _choice(to: Writer, kind: str, depth: int) -> str:
    return f"(if {to.value('boolean', depth)} then {to.value(kind, depth)} else {to.value(kind, depth)})"


def _taken(to: Writer, kind: str, depth: int) -> str:
    """An entry of a context that is written, which sees those before it."""
    first = to.chance.choice(SINGLE)
    second = to.bound({"k": first}, kind, depth)
    return f"{{k: {to.value(first, depth)}, w: {second}}}.w"


def _applied(to: Writer, kind: str, depth: int) -> str:
    """A function that is written and called, by places or by names."""
    one = to.chance.choice(SINGLE)
    type = f": {one}" if to.chance.random() < 0.4 else ""
    body, given = to.bound({"q": one}, kind, depth), to.value(one, depth)
    form = f"q: {given}" if to.is_open and to.chance.random() < 0.2 else given
    return f"(function(q{type}) {body})({form})"


def _recursive(to: Writer, kind: str, depth: int) -> str:
    """Functions of a context that call themselves and one another, and see what is defined after them."""
    count = to.chance.choice((0, 1, 3, 3, 60))
    step = to.value(kind, 0)
    made = {
        0: f"{{f: function(i) if i < 1 then {step} else f(i - 1), w: f({count})}}.w",
        1: f"{{f: function(i) if i < 1 then {step} else g(i - 1), g: function(i) f(i), w: f({count})}}.w",
        2: f"{{f: function() k, e: f(), k: {step}, w: [e, f()]}}.w[2]",
        3: f"{{h: for i in [1] return function() k, k: {step}, w: h[1]()}}.w",
        4: f"{{f: function() function() k, g: f(), k: {step}, w: [g(), f()()]}}.w[2]",
        5: f"{{a: {{f: function() k}}, k: {step}, w: a.f()}}.w",
        6: f"{{k: 1, a: (lp[(function() k)() = 1]), k2: {step}, w: k2}}.w",
    }
    return made[to.chance.randrange(7)] if to.is_open else _applied(to, kind, depth)


def _given_function(to: Writer, kind: str, depth: int) -> str:
    """A call of a function that a model hands in, or of a name that may be none."""
    if not to.is_open:
        return _choice(to, kind, depth)
    return to.chance.choice((
        f"double({to.value('number', depth)})", f"abs({to.value('number', depth)})", "undeclared name", "n.of.nothing",
        f"double(one: {to.value('number', depth)})", f"u({to.value('number', depth)})", "p.name.age", "count",
    ))  # fmt: skip


def _by_kind() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, function in FUNCTIONS.items():
        kind = str(function.result) if isinstance(function.result, Type) else "any"
        found.setdefault("range<number>" if kind == "range" else kind, []).append(name)
    return {kind: tuple(names) for kind, names in found.items()}


BY_KIND = _by_kind()
EVERYWHERE: tuple[Maker, ...] = (_choice, _called, _taken, _applied, _filtered, _anything_called, _given_function, _recursive)
OF_KINDS: Makers = {
    "number": (_arithmetic, _arithmetic, _arithmetic, _negative, _reckoned, _part, _called, _called),
    "string": (_joined, _joined, _part, _called, _called),
    "boolean": (_compared, _compared, _compared, _with_null, _logic, _logic, _not, _between, _in, _in, _instance_of,
                _quantified, _called, _called, _part),
    **dict.fromkeys(("date", "time", "date and time"), (_reckoned, _reckoned, _called)),
    **dict.fromkeys(("days and time duration", "years and months duration"), (_reckoned, _negative, _called)),
    **dict.fromkeys(("list<number>", "list<string>", "list<any>", "list<boolean>"), (_list_of, _list_of, _loop, _loop, _part, _called)),
    "range<number>": (_range, _range, _called),
    "range<date>": (_range,),
    "context": (_context, _context, _called, _part),
    "any": (_choice, _called),
}  # fmt: skip
MAKERS: Makers = {kind: (*makers, *EVERYWHERE) for kind, makers in OF_KINDS.items()}


def writer(chance: random.Random, *, is_open: bool) -> Writer:
    """`is_open`: with what a model may write and a rule may not."""
    return Writer(chance, MAKERS, is_open=is_open)
