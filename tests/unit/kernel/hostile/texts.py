"""Expressions of somebody hostile, and how each ends, in a decision and in a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple

from miaopi.kernel.expr import Run, Undetermined, compile, read

WHERE: Final = "rules.yaml:7"


class Hostile(NamedTuple):
    """`decided` is how the text ends in a decision, `open` in a model, the same where it is left out: the class of the error
    and a part of its message; `fault` and a part of it where the value is open, or null; `value` where it is one.
    """

    text: str
    decided: str
    open: str = ""


def doubled(first: str, step: str, count: int = 40) -> str:
    """Entries of which each is made of the one before it, which stands for `{}`."""
    return ", ".join(
        [f"a0: {first}", *(f"a{at}: {step.replace('{}', f'a{at - 1}')}" for at in range(1, count))]
    )


def many(piece: str, count: int) -> str:
    return ", ".join([piece] * count)


def counted(pieces: Iterable[str]) -> str:
    return ", ".join(pieces)


def signs(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last)))


LISTS: Final = doubled("[1]", "[{}, {}]")
CONTEXTS: Final = doubled("{x: 1}", "{x: {}, y: {}}")
LONG: Final = 'string join(for i in 1..6000 return "aaaaaaaaaa")'

STEPS: Final = "DefinitionError: the expression takes more than 100000 steps"
LEVELS: Final = "BudgetError: more than 100 levels inside one another"
NAME: Final = "BudgetError: a name has at most 256 characters"
ELEMENTS: Final = "DefinitionError: the list has more than 65536 elements"
LENGTH: Final = "BudgetError: an expression has at most 65536 characters"

TEXTS: Final[Mapping[str, Hostile]] = {
    "loops of a hundred million million": Hostile(
        "some a in 1..10000000, b in 1..10000000 satisfies a < 0", STEPS
    ),
    "a list of a hundred million": Hostile("for a in 1..100000000 return a", ELEMENTS),
    "loops in loops": Hostile(
        "for a in 1..300 return for b in 1..300 return for c in 1..300 return 1", STEPS
    ),
    "every day of ten thousand years": Hostile(
        'count(for d in @"0001-01-01"..@"9999-12-31" return d)', ELEMENTS
    ),
    "a great power": Hostile("10 ** 999999999", "fault: no number is the result"),
    "a power of nearly one": Hostile("1.0000001 ** 999999999.5", "value"),
    "many powers": Hostile("for i in 1..60000 return i ** 0.5", STEPS),
    "many roots and logarithms": Hostile("for i in 1..60000 return log(exp(sqrt(i)))", STEPS),
    "remainders of far numbers": Hostile("for i in 1..60000 return modulo(9.99e6000, 7e-6000)", STEPS),
    "a range of a thousand million": Hostile("count(for i in [1..1000000000] return i)", ELEMENTS),
    "a number in a wide range": Hostile("5 in [1..1000000000]", "value"),
    "recursion": Hostile(
        "{f: function(n) f(n + 1), r: f(0)}.r",
        "DefinitionError: there is no function f",
        "DefinitionError: more than 50 functions inside one another",
    ),
    "recursion that forks": Hostile(
        "{f: function(n) if n > 40 then 1 else f(n + 1) + f(n + 1), r: f(0)}.r",
        "DefinitionError: there is no function f",
        STEPS,
    ),
    "a function given to itself": Hostile(
        "(function(f, n) f(f, n))(function(f, n) f(f, n), 1)",
        "DefinitionError: more than 50 functions inside one another",
    ),
    "open brackets": Hostile("(" * 65_000, LEVELS),
    "a hundred thousand brackets": Hostile("(" * 100_000 + "1" + ")" * 100_000, LENGTH),
    "open lists": Hostile("[" * 65_000, LEVELS),
    "open contexts": Hostile("{a:" * 20_000, LEVELS),
    "contexts in contexts": Hostile("{a: " * 90 + "1" + "}" * 90, LEVELS),
    "minus signs": Hostile("-" * 65_000 + "1", LEVELS),
    "choices in choices": Hostile("if " * 20_000, LEVELS),
    "parts of parts": Hostile(
        "a" + ".a" * 30_000, "DefinitionError: the expression is more than 100 levels deep"
    ),
    "calls in calls": Hostile("abs(" * 16_000, LEVELS),
    "named arguments in named arguments": Hostile("max(a: " * 9_000, LEVELS),
    "functions of functions": Hostile("function(a) " * 5_000, LEVELS),
    "loops without an end": Hostile("for a in " * 7_000, LEVELS),
    "filters in filters": Hostile("[1]" + "[item > [1][1]" * 4_000, LEVELS),
    "64 megabytes of text": Hostile('"' + "x" * 64_000_000 + '"', LENGTH),
    "a text that doubles": Hostile(
        "{" + doubled('"0123456789"', "{} + {}") + "}", "fault: the text has more than 65536 characters"
    ),
    "a list that doubles": Hostile("{" + doubled("[1]", "concatenate({}, {})") + "}", STEPS),
    "lists shared in lists": Hostile("{" + LISTS + "}", STEPS, "value"),
    "their text": Hostile("{" + LISTS + ", r: string(a39)}.r", STEPS),
    "their number": Hostile("{" + LISTS + ", r: count(a39)}.r", STEPS),
    "their equality": Hostile("{" + LISTS + ", r: a39 = a39}.r", STEPS),
    "their difference": Hostile("{" + LISTS + ", r: distinct values([a39, a39])}.r", STEPS),
    "their type": Hostile(
        "{" + LISTS + ", r: a39 instance of " + "list<" * 31 + "number" + ">" * 31 + "}.r", STEPS
    ),
    "their place in themselves": Hostile(
        "{" + LISTS + ", r: a39 in (a38, a39)}.r", "DefinitionError: ‘a39’ is a list<list<", STEPS
    ),
    "one filtered by the other": Hostile("{" + LISTS + ", r: [a39][item = a39]}.r", STEPS),
    "contexts shared in contexts": Hostile("{" + CONTEXTS + "}", STEPS, "value"),
    "what is in them": Hostile("{" + CONTEXTS + ", r: get entries(a39)}.r", STEPS),
    "all of them in one": Hostile("{" + CONTEXTS + ", r: context merge([a38, a39])}.r", STEPS),
    "a message of their type": Hostile(
        "{" + CONTEXTS + ", r: a39 + 1}.r", "DefinitionError: context<x: context<", STEPS
    ),
    "results of results": Hostile("for i in 1..1000 return [partial]", STEPS),
    "results so far of so many": Hostile("for i in 1..60000 return partial", STEPS),
    "a chain of contexts": Hostile(
        "{a0: 1, " + ", ".join(f"a{n}: {{b: a{n - 1}}}" for n in range(1, 3_000)) + "}", STEPS, "value"
    ),
    "a wide list": Hostile("[" + many("1", 21_000) + "]", "value"),
    "a wide context": Hostile("{" + counted(f"a{n}: 1" for n in range(5_500)) + "}", "value"),
    "many arguments": Hostile("max(" + many("1", 21_000) + ")", "value"),
    "many tests": Hostile("1 in (" + many("< 1", 13_000) + ")", "value"),
    "many alternatives": Hostile("false" + " or 1 / 0 > 1" * 4_600, "fault: no number is the result"),
    "many mistakes": Hostile("sum([" + many("1 / 0", 9_000) + "])", "fault: no number is the result"),
    "mistakes in a loop": Hostile("for i in 1..60000 return 1 / 0", STEPS),
    "a mistake far behind": Hostile("for i in 1..60000 return (1 / 0 /* " + "x" * 60_000 + " */)", STEPS),
    "types of many elements": Hostile("[" + counted(f"{{a{n}: 1}}" for n in range(5_000)) + "]", "value"),
    "a long name": Hostile("a" * 65_000, NAME),
    "a name of many words": Hostile(
        "a " * 32_000, "DefinitionError: an operator or the end is expected here, not a", NAME
    ),
    "a long name in a loop": Hostile("for i in 1..60000 return " + "x" * 60_000, NAME),
    "a long part in a loop": Hostile("for i in 1..60000 return {a: 1}." + "x" * 60_000, NAME),
    "a key of many words": Hostile("{" + "a " * 32_000 + ": 1}", "value"),
    "names that nearly match": Hostile(
        '{"' + "a," * 120 + 'c": 1, b: [' + "a," * 32_000 + "1]}",
        "BudgetError: reading the expression takes more than 400000 steps",
    ),
    "a name with a quotation mark and a line break": Hostile('{"a\\"\\nb": 1}', "value"),
    "parameters of many words": Hostile(
        "function(" + "a " * 30_000,
        "DefinitionError: the name of a parameter is expected here, not a",
        NAME,
    ),
    "a loop over many words": Hostile(
        "for " + "a-" * 30_000 + "in", "DefinitionError: in is expected here, not -"
    ),
    "an attribute of Python's": Hostile(
        '"x".__class__',
        'DefinitionError: ‘"x"’ is a string, which has no part __class__',
        "fault: a string has no part __class__",
    ),
    "a name of Python's": Hostile(
        "__class__", "DefinitionError: there is no name __class__", "fault: there is no name __class__"
    ),
    "a call of Python's": Hostile(
        '__import__("os").system("true")',
        "DefinitionError: there is no function __import__",
        "fault: there is no name __import__",
    ),
    "a path to Python's": Hostile("[].append.__self__.__class__.__mro__", "value"),
    "a number of 40 digits": Hostile(
        "1234567890123456789012345678901234567890",
        "DefinitionError: a number has at most 34 digits",
        "value",
    ),
    "a number of 65,000 digits": Hostile(
        "9" * 65_000,
        "DefinitionError: a number has at most 34 digits",
        "DefinitionError: the number is too great",
    ),
    "65,000 digits behind the point": Hostile(
        "1." + "9" * 65_000, "DefinitionError: a number has at most 34 digits", "value"
    ),
    "a power of ten beyond all": Hostile("1e999999999", "DefinitionError: the number is too great"),
    "half a surrogate pair": Hostile(
        '"\\uD83D"', "DefinitionError: half of a surrogate pair is no character"
    ),
    "half a surrogate pair as it stands": Hostile(
        '"\ud83d"', "DefinitionError: half of a surrogate pair is no character"
    ),
    "a name of half a surrogate pair": Hostile("\ud83d\ud83d", "DefinitionError: the sign"),
    "a text with nothing in it": Hostile('"\x00"', "value"),
    "a leap second": Hostile(
        'time("23:59:60")', "DefinitionError: the clock has no such time", "fault: the clock has no such time"
    ),
    "a leap second on a day": Hostile(
        'date and time("2016-12-31T23:59:60Z")',
        "DefinitionError: the clock has no such time",
        "fault: the clock has no such time",
    ),
    "a zone that is none": Hostile(
        'time("10:00:00@Europe/Atlantis")',
        "DefinitionError: there is no time zone Europe/Atlantis",
        "fault: there is no time zone Europe/Atlantis",
    ),
    "a zone that is a path": Hostile(
        'time("10:00:00@../../../../etc/passwd")',
        "DefinitionError: a time of day is written as 09:30:00",
        "fault: a time of day is written as 09:30:00",
    ),
    "a long zone": Hostile(
        '@"2026-01-01T00:00:00@' + "A" * 60_000 + '"',
        "DefinitionError: there is no time zone AAA",
        "fault: there is no time zone AAA",
    ),
    "an offset of a hundred hours": Hostile(
        '@"2026-01-01T00:00:00+99:99"',
        "DefinitionError: an offset has at most 59 minutes and 59 seconds",
        "fault: an offset has at most 59 minutes and 59 seconds",
    ),
    "a day of 60,000 digits": Hostile(
        '@"' + "9" * 60_000 + '-01-01"',
        "DefinitionError: a day is written as 2026-11-23",
        "fault: a day is written as 2026-11-23",
    ),
    "a duration of 60,000 digits": Hostile(
        'duration("P' + "9" * 60_000 + 'D")',
        "DefinitionError: a duration is written as P1Y6M or as P3DT12H",
        "fault: a duration is written as P1Y6M or as P3DT12H",
    ),
    "a second of 60,000 digits": Hostile(
        '@"10:00:00.' + "9" * 60_000 + '"',
        "DefinitionError: a time of day is written as 09:30:00",
        "fault: a time of day is written as 09:30:00",
    ),
    "a duration times a great number": Hostile('@"P1D" * 1e6000', "fault: the duration is too long"),
    "months times a great number": Hostile('@"P1Y" * 1e6000', "fault: the duration is too long"),
    "days that are no more written": Hostile('for i in 1..60000 return @"2026-01-01" + @"P1D" * i', STEPS),
    "moments in zones": Hostile(
        'for i in 1..60000 return @"2026-01-01T00:00:00@Europe/Paris" + @"P1D" * i', STEPS
    ),
    "a pattern that others need ages for": Hostile('matches("' + "a" * 60_000 + '", "(a+)+$b")', STEPS),
    "a pattern that forks": Hostile('matches("' + "a" * 60_000 + '", "(a|aa)+b")', STEPS),
    "a pattern that refers back": Hostile('matches("' + "ab" * 20_000 + '", "(a|b)*\\\\1c")', STEPS),
    "a pattern of many groups": Hostile('matches("' + "a" * 60_000 + '", "' + "(a)?" * 1_000 + 'b")', STEPS),
    "a pattern that repeats repeats": Hostile(
        'matches("a", "((a{0,99}){0,99}){0,99}")',
        "DefinitionError: the pattern repeats too much",
        "fault: the pattern repeats too much",
    ),
    "many patterns": Hostile('for i in 1..60000 return matches("a", "a{3000}" + string(i))', STEPS),
    "many patterns that are none": Hostile(
        'for i in 1..60000 return matches("a", "(((((" + string(i))', STEPS
    ),
    "patterns that are tried before they are asked": Hostile(
        "[" + many('matches("' + "a" * 200 + '", "(a+)+b")', 270) + "]", STEPS
    ),
    "a class of many characters": Hostile(
        'matches("' + signs(0x4E00, 0x9000) + '", "[' + signs(0x9000, 0x9900) + ']x", "i")', STEPS
    ),
    "a replacement that multiplies": Hostile("{t: " + LONG + ', r: replace(t, "a", t)}.r', STEPS),
    "a replacement of nothing, often": Hostile(
        "{t: " + LONG + ', r: replace(t, "a(b)?", string join(for i in 1..30000 return "$1"))}.r',
        STEPS,
    ),
    "texts cut up often": Hostile("{t: " + LONG + ', r: for i in 1..1000 return split(t, "a")}.r', STEPS),
    "texts joined often": Hostile("for i in 1..1000 return " + LONG, STEPS),
    "texts written large often": Hostile(
        "{t: " + LONG + ", r: for i in 1..10000 return upper case(t)}.r", STEPS
    ),
    "texts compared often": Hostile(
        "{t: " + LONG + ', u: t + "b", v: t + "c", r: for i in 1..60000 return u < v}.r', STEPS
    ),
    "a text sought in itself": Hostile(
        '{t: string join(for i in 1..3000 return "aaaab"), u: "b" + substring(t, 1, 9999), r: for i in 1..999 return contains(t, u)}.r',
        STEPS,
    ),
    "values sought often": Hostile(
        "{l: for i in 1..6000 return i, r: for j in 1..6000 return list contains(l, 0)}.r", STEPS
    ),
    "values sought in lists often": Hostile(
        '{l: for i in 1..6000 return "a", r: for j in 1..6000 return "b" in l}.r', STEPS
    ),
    "values sought in ranges often": Hostile(
        "{l: for i in 1..6000 return [1..2], r: for j in 1..6000 return 5 in l}.r", STEPS
    ),
    "lists compared often": Hostile(
        "{l: for i in 1..6000 return i, r: for j in 1..6000 return l = l}.r", STEPS
    ),
    "lists filtered often": Hostile(
        "{l: for i in 1..6000 return i, r: for j in 1..6000 return l[item > j]}.r", STEPS
    ),
    "lists appended to often": Hostile(
        "{l: for i in 1..60000 return i, r: for j in 1..6000 return append(l, 1)}.r", STEPS
    ),
    "parts of lists often": Hostile(
        "{l: for i in 1..6000 return {a: i}, r: for j in 1..6000 return l.a}.r", STEPS
    ),
    "typed lists handed on often": Hostile(
        "{l: for i in 1..6000 return i, f: function(x: list<number>) 1, r: for j in 1..6000 return f(l)}.r",
        STEPS,
    ),
    "numbers that Python takes for alike": Hostile(
        "distinct values(for i in 1..9000 return i * 2305843009213693951)", "value"
    ),
    "how often such numbers occur": Hostile("mode(for i in 1..9000 return i * 2305843009213693951)", "value"),
    "a sort that never says no": Hostile("sort(for i in 1..30000 return i, function(a, b) true)", STEPS),
    "a sort that says nothing": Hostile(
        "sort(for i in 1..30000 return i, function(a, b) null)",
        "fault: the function must say true or false",
    ),
    "a sort by a function of the language": Hostile(
        "sort(for i in 1..30000 return i, before)",
        "DefinitionError: there is no name before",
        "value",
    ),
    "a sort that sorts": Hostile(
        "sort(for i in 1..100 return i, function(a, b) count(sort(for i in 1..100 return i, function(a, b) a < b)) > 1)",
        "value",
    ),
    "deviations of many numbers": Hostile(
        "for i in 1..100 return stddev(for j in 1..9000 return j * 1e6000)", STEPS
    ),
    "numbers of 6,000 digits": Hostile("for i in 1..60000 return string(1e6000 + i)", STEPS),
    "a range as a text without an end": Hostile(
        'range("[' + "1" * 60_000 + '..")',
        "DefinitionError: a range is written as [18..21)",
        "fault: a range is written as [18..21)",
    ),
    "a range as a text of blanks": Hostile(
        'range("[' + " " * 1_000 + ".." + " " * 1_000 + 'x")',
        "DefinitionError: a range is written as [18..21)",
        "fault: a range is written as [18..21)",
    ),
    "a range as a text with a call of blanks": Hostile(
        'range("[d' + " " * 60_000 + 'e(\\"x\\")..1]")',
        "DefinitionError: an end of a range is no d",
        "fault: an end of a range is no d",
    ),
    "types in types": Hostile(
        "1 instance of " + "list<" * 12_000, "DefinitionError: more than 32 types inside one another"
    ),
    "types of functions of functions": Hostile(
        "1 instance of " + "function<" * 7_000,
        "DefinitionError: more than 32 types inside one another",
    ),
    "types without an end": Hostile(
        "1 instance of context<" + counted(f"a{n}: number" for n in range(5_000)) + ">", LENGTH
    ),
    "a type with a name of blanks": Hostile(
        "1 instance of context<a" + " " * 60_000 + "x>", "DefinitionError: > is expected after the type"
    ),
    "comments in comments": Hostile("/*" * 32_000, "DefinitionError: a value is expected here, not *"),
    "a text without an end": Hostile(
        '"' + '\\"' * 32_000, "DefinitionError: the string has no closing quotation mark"
    ),
}


def decide(text: str) -> str:
    found = compile(text, {}, where=WHERE).evaluate({})
    return f"fault: {min(found.faults)}" if isinstance(found, Undetermined) else "value"


def model(text: str) -> str:
    run = Run()
    read(text, (), where=WHERE).evaluate({}, run=run)
    return f"fault: {run.faults[0]}" if run.faults else "value"


CASES: Final[Mapping[str, Callable[[], Callable[[], object]]]] = {
    **{f"decided: {name}": partial(partial, decide, case.text) for name, case in TEXTS.items()},
    **{f"open: {name}": partial(partial, model, case.text) for name, case in TEXTS.items()},
}
