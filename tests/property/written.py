"""Expressions written by chance: typed ones and a few that are not, over every construct and the whole library. A seed gives
the same texts always; made for a million of them, so nothing shrinks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from miaopi.kernel.expr import Type
from miaopi.kernel.expr.library import FUNCTIONS
from miaopi.kernel.expr.tree import COMPARISONS

PERSON = "context<name: string, age: number, born: date, marks: list<number>>"
NAMES: Mapping[str, Type] = {
    name: Type.parse(kind)
    for name, kind in {
        "n": "number", "amount.due": "number", "m": "number", "s": "string", "姓名": "string",
        "b": "boolean", "ok": "boolean", "d": "date", "person.birth": "date", "t": "time", "z": "date and time",
        "long": "days and time duration", "months": "years and months duration",
        "ln": "list<number>", "ls": "list<string>", "lb": "list<boolean>", "ld": "list<date>",
        "p": PERSON, "lp": f"list<{PERSON}>", "rg": "range<number>", "u": "any", "lu": "list<any>",
    }.items()
}  # fmt: skip
KINDS = (
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration", "years and months duration",
    "list<number>", "list<string>", "list<any>", "context", "range<number>", "range<date>",
)  # fmt: skip
SINGLE = KINDS[:8]
OF_CELLS = ("number", "number", "string", "date", *SINGLE)
TEXTS = ("", "a", "b", "正常", "18", "-4.50", "2026-02-29", "2024-02-29", "P1Y2M", "P3DT4H", "10:30:00+08:00", "feb_28", "mar_01",
         "a b", "aXbX", "[1..5)", "😀", "i", "x" * 300)  # fmt: skip
NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "18", "12", "100", "1.00", "-2.50", "9999", "1e3", "0.1e-6", "9.99e6144",
           "1234567890123456789012345678901234", "1000000000", "29", "2024", "2026")  # fmt: skip
TEMPORALS: Mapping[str, tuple[str, ...]] = {
    "date": ("2026-11-23", "2024-02-29", "1956-02-29", "0001-01-01", "9999-12-31", "2023-03-01", "99999-01-31", "-0044-03-15"),
    "time": ("10:30:00", "23:59:59.5", "00:00:00Z", "10:30:00+08:00", "10:30:00@Europe/Paris", "01:00:00.000000001"),
    "date and time": ("2026-11-23T10:30:00", "2026-11-23T10:30:00Z", "2026-11-23T18:30:00+08:00", "2024-02-29T23:59:59",
                      "99999-01-31T00:00:00", "2026-03-29T02:30:00@Europe/Paris"),
    "days and time duration": ("P1D", "PT12H", "-P3DT4H30M", "PT0S", "P9999999D", "PT0.000000001S"),
    "years and months duration": ("P1Y", "P14M", "-P2Y", "P0M", "P1000000Y"),
}  # fmt: skip


# What scopes hold most often, too: so that ends are met, and texts found.
COMMON: Mapping[str, tuple[str, ...]] = {
    "number": ("0", "1", "2", "3", "18"),
    "string": ('"a"', '"b"', '"正常"'),
    "date": ('@"2024-02-29"', '@"1956-02-29"', '@"2026-11-23"', '@"2026-11-24"'),
}
FAULTY = "(1 / 0)"


class Writer:
    """Writes one text after the other. `is_open`: with what a model may write and a rule may not."""

    def __init__(self, chance: random.Random, *, is_open: bool) -> None:
        self.chance = chance
        self.is_open = is_open
        self.wrong = 0.0
        self.names: list[tuple[str, str]] = []
        self.functions: list[tuple[str, int]] = []

    def text(self) -> str:
        """One expression, one in three with something of a wrong kind within it."""
        chance = self.chance
        self.wrong = chance.choice((0.0, 0.0, 0.06))
        self.names, self.functions = [(name, str(kind)) for name, kind in NAMES.items()], []
        depth = chance.choice((1, 2, 2, 3, 3, 4))
        kind = chance.choice(("boolean", "boolean", "boolean", "number", "list<any>", *KINDS))
        found = self.value(kind, depth)
        if chance.random() < 0.01:
            found = self.deep(found, kind)
        return found

    def tests(self, kind: str) -> str:
        """The tests of a cell, for a value of that kind mostly."""
        self.wrong = self.chance.choice((0.0, 0.1))
        self.names, self.functions = [(name, str(kind)) for name, kind in NAMES.items()], []
        if self.chance.random() < 0.1:
            return "-"
        found = ", ".join(self.test(kind, 1) for _ in range(self.chance.choice((1, 1, 2, 3))))
        return f"not({found})" if self.chance.random() < 0.2 else found

    def deep(self, inner: str, kind: str) -> str:
        """So many levels that the code takes more than one function."""
        for _ in range(self.chance.randint(8, 20)):
            match self.chance.randrange(4):
                case 0:
                    inner = f"(if {self.value('boolean', 0)} then {inner} else {self.value(kind, 0)})"
                case 1:
                    inner = f"[{inner}][1]"
                case 2:
                    inner = f"{{a: {inner}}}.a"
                case _:
                    inner = f"(for x in [{self.value('number', 0)}] return {inner})[1]"
        return inner

    def value(self, kind: str, depth: int) -> str:
        chance = self.chance
        if chance.random() < self.wrong:
            kind = chance.choice((*KINDS, "any", "null"))
        if kind == "any":
            kind = chance.choice(KINDS)
        if depth <= 0 or chance.random() < 0.12:
            return self.leaf(kind)
        makers = MAKERS.get(kind, MAKERS["any"])
        return chance.choice((*makers, *EVERYWHERE))(self, kind, depth - 1)

    def leaf(self, kind: str) -> str:
        chance = self.chance
        known = [name for name, found in self.names if found == kind or (kind == "context" and found == PERSON)]
        if known and chance.random() < 0.65:
            return chance.choice(known[-6:] if chance.random() < 0.5 else known)
        if chance.random() < 0.06:
            return "null"
        if chance.random() < 0.05:
            return "u"
        if kind in COMMON and chance.random() < 0.6:
            return chance.choice(COMMON[kind])
        match kind:
            case "number":
                return chance.choice((*NUMBERS, FAULTY))
            case "string":
                return f'"{chance.choice(TEXTS)}"'
            case "boolean":
                return chance.choice(("true", "false"))
            case _ if kind in TEMPORALS:
                return f'@"{chance.choice(TEMPORALS[kind])}"'
            case _ if kind.startswith("list"):
                item = chance.choice(SINGLE) if kind == "list<any>" else kind[5:-1]
                return f"[{', '.join(self.leaf(item) for _ in range(chance.choice((0, 1, 2, 3))))}]"
            case _ if kind.startswith("range"):
                return self.range(kind, 0)
            case "context":
                return chance.choice(('{a: 1, b: "x"}', "{}", "p", "{a: n, c: {a: s}}"))
            case _:
                return "null"

    def range(self, kind: str, depth: int) -> str:
        item, chance = kind[6:-1], self.chance
        low, high = self.value(item, depth), self.value(item, depth)
        return f"{chance.choice('[(]')}{low}..{high}{chance.choice('])[')}"

    def call(self, name: str, depth: int) -> str:
        """The function with values for one of its lists of parameters."""
        function, chance = FUNCTIONS[name], self.chance
        overload = chance.choice(function.overloads)
        wanted = list(overload.parameters)
        if overload.is_variadic:
            wanted += wanted[-1:] * chance.randrange(3)
        given = [self.argument(str(one), depth) for one in wanted]
        if overload.names and not overload.is_variadic and chance.random() < 0.1:
            pairs = list(zip(overload.names, given, strict=True))
            chance.shuffle(pairs)
            return f"{name}({', '.join(f'{one}: {value}' for one, value in pairs)})"
        if chance.random() < self.wrong / 2:
            given = given[1:]
        return f"{name}({', '.join(given)})"

    def argument(self, kind: str, depth: int) -> str:
        match kind:
            case "any":
                return self.value(self.chance.choice(KINDS), depth)
            case "range":
                return self.value(self.chance.choice(("range<number>", "range<date>")), depth)
            case "function":
                return self.comparer(depth)
            case _:
                return self.value(kind, depth)

    def comparer(self, depth: int) -> str:
        """A function of two values that says true or false."""
        if self.is_open and self.chance.random() < 0.15:
            return self.chance.choice(("before", "is", "list contains", "same name", "f"))
        with_names = f"x {self.chance.choice(COMPARISONS)} y"
        body = with_names if self.chance.random() < 0.7 else self.bound({"x": "number", "y": "number"}, "boolean", depth)
        return f"function(x, y) {body}"

    def bound(self, names: Mapping[str, str], kind: str, depth: int) -> str:
        """A value for a place where these names are in scope, too."""
        outer = self.names
        self.names = [*outer, *names.items()]
        found = self.value(kind, depth)
        self.names = outer
        return found

    def test(self, kind: str, depth: int) -> str:
        chance = self.chance
        depth = min(depth, chance.choice((0, 0, depth)))
        match chance.randrange(6 if self.is_open else 5):
            case 0:
                return f"{chance.choice(COMPARISONS[2:])} {self.value(kind, depth - 1)}"
            case 1:
                return self.range(f"range<{kind}>", depth - 1)
            case 2:
                return f"[{self.value(kind, depth - 1)}, {self.value(kind, depth - 1)}]"
            case 5:
                return f"(? {chance.choice(COMPARISONS)} {self.value(kind, depth - 1)})"
            case _:
                return self.value(kind, depth - 1)


Maker = Callable[[Writer, str, int], str]


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
    return f"({to.value(one, depth)} between {to.value(one, depth)} and {to.value(one, depth)})"


def _in(to: Writer, kind: str, depth: int) -> str:
    one = to.chance.choice(("number", "string", "date", "number", "list<number>", *SINGLE))
    if to.chance.random() < 0.3:
        return f"({to.value(one, depth)} in {to.value(to.chance.choice(('list<any>', f'list<{one}>')), depth)})"
    tests = ", ".join(to.test(one, depth) for _ in range(to.chance.choice((1, 2, 3))))
    return f"({to.value(one, depth)} in ({tests}))"


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
MAKERS: Mapping[str, tuple[Maker, ...]] = {
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
