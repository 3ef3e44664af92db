"""Who writes expressions by chance: one text after the other, of values of a kind that hold values of other kinds."""

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


Maker = Callable[["Writer", str, int], str]
Makers = Mapping[str, tuple[Maker, ...]]


class Writer:
    """Writes one text after the other. `is_open`: with what a model may write and a rule may not."""

    def __init__(self, chance: random.Random, makers: Makers, *, is_open: bool) -> None:
        self.chance = chance
        self.makers = makers
        self.is_open = is_open
        self.wrong = 0.0
        self.names: list[tuple[str, str]] = []

    def text(self) -> str:
        """One expression, one in three with something of a wrong kind within it."""
        chance = self.chance
        self.wrong = chance.choice((0.0, 0.0, 0.06))
        self.names = [(name, str(kind)) for name, kind in NAMES.items()]
        depth = chance.choice((1, 2, 2, 3, 3, 4))
        kind = chance.choice(("boolean", "boolean", "boolean", "number", "list<any>", *KINDS))
        found = self.value(kind, depth)
        if chance.random() < 0.01:
            found = self.deep(found, kind)
        return found

    def tests(self, kind: str) -> str:
        """The tests of a cell, for a value of that kind mostly."""
        self.wrong = self.chance.choice((0.0, 0.1))
        self.names = [(name, str(kind)) for name, kind in NAMES.items()]
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
        return chance.choice(self.makers.get(kind, self.makers["any"]))(self, kind, depth - 1)

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

    def edge(self, known: tuple[str, ...], kind: str) -> str:
        """A test whose values are written out, and what is tested may be one of them; or goes wrong."""
        chance = self.chance
        low, high = sorted(chance.choices(range(len(known)), k=2))
        if kind == "number" and chance.random() < 0.1:
            return FAULTY
        match chance.randrange(4):
            case 0:
                return f"{chance.choice(COMPARISONS[2:])} {known[low]}"
            case 1:
                return f"[{known[low]}, {known[high]}]"
            case 2:
                return known[low]
            case _:
                return f"{chance.choice('[(]')}{known[low]}..{known[high]}{chance.choice('])[')}"

    def test(self, kind: str, depth: int) -> str:
        chance = self.chance
        if kind in COMMON and chance.random() < 0.5:
            return self.edge(COMMON[kind], kind)
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
