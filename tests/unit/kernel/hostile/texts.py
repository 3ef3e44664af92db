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
    return ", ".join([f"a0: {first}", *(f"a{at}: {step.replace('{}', f'a{at - 1}')}" for at in range(1, count))])


def many(piece: str, count: int) -> str:
    return ", ".join([piece] * count)


def counted(pieces: Iterable[str]) -> str:
    return ", ".join(pieces)


LISTS: Final = doubled("[1]", "[{}, {}]")
CONTEXTS: Final = doubled("{x: 1}", "{x: {}, y: {}}")
LONG: Final = 'string join(for i in 1..6000 return "aaaaaaaaaa")'

TEXTS: Final[Mapping[str, Hostile]] = {

    "loops of a hundred million million": Hostile("some a in 1..10000000, b in 1..10000000 satisfies a < 0", ""),
    "a list of a hundred million": Hostile("for a in 1..100000000 return a", ""),
    "loops in loops": Hostile("for a in 1..300 return for b in 1..300 return for c in 1..300 return 1", ""),
    "every day of ten thousand years": Hostile('count(for d in @"0001-01-01"..@"9999-12-31" return d)', ""),
    "a great power": Hostile("10 ** 999999999", ""),
    "a power of nearly one": Hostile("1.0000001 ** 999999999.5", ""),
    "many powers": Hostile("for i in 1..60000 return i ** 0.5", ""),
    "many roots and logarithms": Hostile("for i in 1..60000 return log(exp(sqrt(i)))", ""),
    "remainders of far numbers": Hostile("for i in 1..60000 return modulo(9.99e6000, 7e-6000)", ""),
    "a range of a thousand million": Hostile("count(for i in [1..1000000000] return i)", ""),
    "a number in a wide range": Hostile("5 in [1..1000000000]", ""),
    "recursion": Hostile("{f: function(n) f(n + 1), r: f(0)}.r", ""),
    "recursion that forks": Hostile("{f: function(n) if n > 40 then 1 else f(n + 1) + f(n + 1), r: f(0)}.r", ""),
    "a function given to itself": Hostile("(function(f, n) f(f, n))(function(f, n) f(f, n), 1)", ""),
    "open brackets": Hostile("(" * 65_000, ""),
    "a hundred thousand brackets": Hostile("(" * 100_000 + "1" + ")" * 100_000, ""),
    "open lists": Hostile("[" * 65_000, ""),
    "open contexts": Hostile("{a:" * 20_000, ""),
    "contexts in contexts": Hostile("{a: " * 90 + "1" + "}" * 90, ""),
    "minus signs": Hostile("-" * 65_000 + "1", ""),
    "choices in choices": Hostile("if " * 20_000, ""),
    "parts of parts": Hostile("a" + ".a" * 30_000, ""),
    "calls in calls": Hostile("abs(" * 16_000, ""),
    "named arguments in named arguments": Hostile("max(a: " * 9_000, ""),
    "functions of functions": Hostile("function(a) " * 5_000, ""),
    "loops without an end": Hostile("for a in " * 7_000, ""),
    "filters in filters": Hostile("[1]" + "[item > [1][1]" * 4_000, ""),
    "64 megabytes of text": Hostile('"' + "x" * 64_000_000 + '"', ""),
    "a text that doubles": Hostile("{" + doubled('"0123456789"', "{} + {}") + "}", ""),
    "a list that doubles": Hostile("{" + doubled("[1]", "concatenate({}, {})") + "}", ""),
    "lists shared in lists": Hostile("{" + LISTS + "}", ""),
    "their text": Hostile("{" + LISTS + ", r: string(a39)}.r", ""),
    "their number": Hostile("{" + LISTS + ", r: count(a39)}.r", ""),
    "their equality": Hostile("{" + LISTS + ", r: a39 = a39}.r", ""),
    "their difference": Hostile("{" + LISTS + ", r: distinct values([a39, a39])}.r", ""),
    "their type": Hostile("{" + LISTS + ", r: a39 instance of " + "list<" * 31 + "number" + ">" * 31 + "}.r", ""),
    "their place in themselves": Hostile("{" + LISTS + ", r: a39 in (a38, a39)}.r", ""),
    "one filtered by the other": Hostile("{" + LISTS + ", r: [a39][item = a39]}.r", ""),
    "contexts shared in contexts": Hostile("{" + CONTEXTS + "}", ""),
    "what is in them": Hostile("{" + CONTEXTS + ", r: get entries(a39)}.r", ""),
    "all of them in one": Hostile("{" + CONTEXTS + ", r: context merge([a38, a39])}.r", ""),
    "a message of their type": Hostile("{" + CONTEXTS + ", r: a39 + 1}.r", ""),
    "results of results": Hostile("for i in 1..1000 return [partial]", ""),
    "results so far of so many": Hostile("for i in 1..60000 return partial", ""),
    "a chain of contexts": Hostile("{a0: 1, " + ", ".join(f"a{n}: {{b: a{n - 1}}}" for n in range(1, 3_000)) + "}", ""),
    "a wide list": Hostile("[" + many("1", 32_000) + "]", ""),
    "a wide context": Hostile("{" + counted(f"a{n}: 1" for n in range(8_000)) + "}", ""),
    "many arguments": Hostile("max(" + many("1", 32_000) + ")", ""),
    "many tests": Hostile("1 in (" + many("< 1", 20_000) + ")", ""),
    "many alternatives": Hostile("false" + " or 1 / 0 > 1" * 4_600, ""),
    "many mistakes": Hostile("sum([" + many("1 / 0", 10_000) + "])", ""),
    "mistakes in a loop": Hostile("for i in 1..60000 return 1 / 0", ""),
    "a mistake far behind": Hostile("for i in 1..60000 return (1 / 0 /* " + "x" * 60_000 + " */)", ""),
    "types of many elements": Hostile("[" + counted(f"{{a{n}: 1}}" for n in range(7_000)) + "]", ""),
    "a long name": Hostile("a" * 65_000, ""),
    "a name of many words": Hostile("a " * 32_000, ""),
    "a long name in a loop": Hostile("for i in 1..60000 return " + "x" * 60_000, ""),
    "a long part in a loop": Hostile("for i in 1..60000 return {a: 1}." + "x" * 60_000, ""),
    "a key of many words": Hostile("{" + "a " * 32_000 + ": 1}", ""),
    "names that nearly match": Hostile('{"' + "a," * 120 + 'c": 1, b: [' + "a," * 32_000 + "1]}", ""),
    "a name with a quotation mark and a line break": Hostile('{"a\\"\\nb": 1}', ""),
    "parameters of many words": Hostile("function(" + "a " * 30_000, ""),
    "a loop over many words": Hostile("for " + "a-" * 30_000 + "in", ""),
    "an attribute of Python's": Hostile('"x".__class__', ""),
    "a name of Python's": Hostile("__class__", ""),
    "a call of Python's": Hostile('__import__("os").system("true")', ""),
    "a path to Python's": Hostile('[].append.__self__.__class__.__mro__', ""),
    "a number of 40 digits": Hostile("1234567890123456789012345678901234567890", ""),
    "a number of 65,000 digits": Hostile("9" * 65_000, ""),
    "65,000 digits behind the point": Hostile("1." + "9" * 65_000, ""),
    "a power of ten beyond all": Hostile("1e999999999", ""),
    "half a surrogate pair": Hostile('"\\uD83D"', ""),
    "half a surrogate pair as it stands": Hostile('"\ud83d"', ""),
    "a name of half a surrogate pair": Hostile("\ud83d\ud83d", ""),
    "a text with nothing in it": Hostile('"\x00"', ""),
    "a leap second": Hostile('time("23:59:60")', ""),
    "a leap second on a day": Hostile('date and time("2016-12-31T23:59:60Z")', ""),
    "a zone that is none": Hostile('time("10:00:00@Europe/Atlantis")', ""),
    "a zone that is a path": Hostile('time("10:00:00@../../../../etc/passwd")', ""),
    "a long zone": Hostile('@"2026-01-01T00:00:00@' + "A" * 60_000 + '"', ""),
    "an offset of a hundred hours": Hostile('@"2026-01-01T00:00:00+99:99"', ""),
    "a day of 60,000 digits": Hostile('@"' + "9" * 60_000 + '-01-01"', ""),
    "a duration of 60,000 digits": Hostile('duration("P' + "9" * 60_000 + 'D")', ""),
    "a second of 60,000 digits": Hostile('@"10:00:00.' + "9" * 60_000 + '"', ""),
    "a duration times a great number": Hostile('@"P1D" * 1e6000', ""),
    "months times a great number": Hostile('@"P1Y" * 1e6000', ""),
    "days that are no more written": Hostile('for i in 1..60000 return @"2026-01-01" + @"P1D" * i', ""),
    "moments in zones": Hostile('for i in 1..60000 return @"2026-01-01T00:00:00@Europe/Paris" + @"P1D" * i', ""),
    "a pattern that others need ages for": Hostile('matches("' + "a" * 60_000 + '", "(a+)+$b")', ""),
    "a pattern that forks": Hostile('matches("' + "a" * 60_000 + '", "(a|aa)+b")', ""),
    "a pattern that refers back": Hostile('matches("' + "ab" * 20_000 + '", "(a|b)*\\\\1c")', ""),
    "a pattern of many groups": Hostile('matches("' + "a" * 60_000 + '", "' + "(a)?" * 1_000 + 'b")', ""),
    "a pattern that repeats repeats": Hostile('matches("a", "((a{0,99}){0,99}){0,99}")', ""),
    "many patterns": Hostile('for i in 1..60000 return matches("a", "a{3000}" + string(i))', ""),
    "many patterns that are none": Hostile('for i in 1..60000 return matches("a", "(((((" + string(i))', ""),
    "patterns that are tried before they are asked": Hostile("[" + many('matches("' + "a" * 200 + '", "(a+)+b")', 270) + "]", ""),
    "a class of many characters": Hostile(
        'matches("' + "".join(map(chr, range(0x4E00, 0x9000))) + '", "[' + "".join(map(chr, range(0x9000, 0x9900))) + ']x", "i")',
        "",
    ),
    "a replacement that multiplies": Hostile("{t: " + LONG + ', r: replace(t, "a", t)}.r', ""),
    "a replacement of nothing, often": Hostile(
        "{t: " + LONG + ', r: replace(t, "a(b)?", string join(for i in 1..30000 return "$1"))}.r',
        "",
    ),
    "texts cut up often": Hostile("{t: " + LONG + ', r: for i in 1..1000 return split(t, "a")}.r', ""),
    "texts joined often": Hostile("for i in 1..1000 return " + LONG, ""),
    "texts written large often": Hostile("{t: " + LONG + ", r: for i in 1..10000 return upper case(t)}.r", ""),
    "texts compared often": Hostile("{t: " + LONG + ', u: t + "b", v: t + "c", r: for i in 1..60000 return u < v}.r', ""),
    "a text sought in itself": Hostile(
        '{t: string join(for i in 1..3000 return "aaaaaaaaaabbbbbbbbbb"), u: "b" + substring(t, 1, 30000), r: for i in 1..1000 return contains(t, u)}.r',
        "",
    ),
    "values sought often": Hostile("{l: for i in 1..6000 return i, r: for j in 1..6000 return list contains(l, 0)}.r", ""),
    "values sought in lists often": Hostile('{l: for i in 1..6000 return "a", r: for j in 1..6000 return "b" in l}.r', ""),
    "values sought in ranges often": Hostile("{l: for i in 1..6000 return [1..2], r: for j in 1..6000 return 5 in l}.r", ""),
    "lists compared often": Hostile("{l: for i in 1..6000 return i, r: for j in 1..6000 return l = l}.r", ""),
    "lists filtered often": Hostile("{l: for i in 1..6000 return i, r: for j in 1..6000 return l[item > j]}.r", ""),
    "lists appended to often": Hostile("{l: for i in 1..60000 return i, r: for j in 1..6000 return append(l, 1)}.r", ""),
    "parts of lists often": Hostile("{l: for i in 1..6000 return {a: i}, r: for j in 1..6000 return l.a}.r", ""),
    "typed lists handed on often": Hostile(
        "{l: for i in 1..6000 return i, f: function(x: list<number>) 1, r: for j in 1..6000 return f(l)}.r",
        "",
    ),
    "numbers that Python takes for alike": Hostile("distinct values(for i in 1..20000 return i * 2305843009213693951)", ""),
    "how often such numbers occur": Hostile("mode(for i in 1..20000 return i * 2305843009213693951)", ""),
    "a sort that never says no": Hostile("sort(for i in 1..30000 return i, function(a, b) true)", ""),
    "a sort that says nothing": Hostile("sort(for i in 1..30000 return i, function(a, b) null)", ""),
    "a sort by a function of the language": Hostile("sort(for i in 1..30000 return i, before)", ""),
    "a sort that sorts": Hostile(
        "sort(for i in 1..100 return i, function(a, b) count(sort(for i in 1..100 return i, function(a, b) a < b)) > 1)",
        "",
    ),
    "deviations of many numbers": Hostile("for i in 1..100 return stddev(for j in 1..9000 return j * 1e6000)", ""),
    "numbers of 6,000 digits": Hostile("for i in 1..60000 return string(1e6000 + i)", ""),
    "a range as a text without an end": Hostile('range("[' + "1" * 60_000 + '..")', ""),
    "types in types": Hostile("1 instance of " + "list<" * 12_000, ""),
    "types of functions of functions": Hostile("1 instance of " + "function<" * 7_000, ""),
    "types without an end": Hostile("1 instance of context<" + counted(f"a{n}: number" for n in range(5_000)) + ">", ""),
    "comments in comments": Hostile("/*" * 32_000, ""),
    "a text without an end": Hostile('"' + '\\"' * 32_000, ""),
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
