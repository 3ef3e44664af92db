"""Regular expressions as XPath writes them, in linear time (XQuery and XPath Functions and Operators 3.1, §5.6)."""

from __future__ import annotations

from contextlib import suppress

import pytest

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.patterns import matches, replace, split
from miaopi.kernel.expr.run import STEPS


class Counted:
    """Counts the steps of a search; more than an evaluation may take end it."""

    def __init__(self) -> None:
        self.taken = 0

    def __call__(self, steps: int) -> None:
        self.taken += steps
        if self.taken > STEPS:
            raise OverflowError("too many steps")


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "found"),
    [
        ('foobar', '^fo*b', '', True),
        ('a\nb', 'a.b', '', False),
        ('a\nb', 'a.b', 's', True),
        ('a\nb', '^b$', '', False),
        ('a\nb', '^b$', 'm', True),
        ('a\n', '^$', 'm', False),
        ('Mum', '([md])[aeiou]\\1', '', False),
        ('Mum', '([md])[aeiou]\\1', 'i', True),
        ('x', '[a-z-[x]]', '', False),
        ('y', '[a-z-[x]]', '', True),
        ('中', '\\p{IsCJKUnifiedIdeographs}', '', True),
        ('A', '\\p{Lu}', '', True),
        ('A', '\\P{L}', '', False),
        ('12', '^\\d{2}$', '', True),
        ('12', '^\\d{3,}$', '', False),
        ('', '^$', '', True),
        ('abc', 'a|', '', True),
        ('hello world', 'hello\\ sworld', 'x', True),
        ('helloworld', 'hello world', 'x', True),
        ('a b', 'a[ ]b', 'x', True),
        ('aaa', '(a*)*b', '', False),
        ("a" * 30, '(a+)+$', '', True),
        ('aab', '(a|aa)+$', '', False),
        ('😀', '^.$', '', True),
        ('-', '[-a]', '', True),
        ('-', '[a-]', '', True),
        ('a^', '[b^]', '', True),
        ('ab', '(?:a)b', '', True),
        ('K', 'K', 'i', True),
        ('abcabc', '^(abc)\\1$', '', True),
        ('a-b', '[\\w-[a]]', '', True),
        ('a', '[\\d-z]', '', False),
        ('-', '[\\d-]', '', True),
        ('x', '\\i\\c*', '', True),
        ('1', '^\\I', '', True),
        ('é', '\\W', '', False),
        ('_', '\\w', '', False),
        ('·', '^\\c$', '', True),
        (' ', '\\S', '', False),
        ('\r', '.', '', False),
        ('ab', '^(a)(b)?\\2c|ab$', '', True),
        ('aA', '(a)\\1', 'i', True),
        ('ab', '(a)\\1', 'i', False),
        ('a', '(a)\\1', 'i', False),
        ('a\nb', 'a$', 'm', True),
        ('a\nb', 'a$', '', False),
        ('[a', '[a', 'q', True),
        ('[A', '[a', 'iq', True),
        ('aaa', 'a{2}', '', True),
        ('aaaa', '^a{1,3}$', '', False),
        ('aaa', '^a{2,}?$', '', True),
        ('b', '^a??b', '', True),
        ('ab', '(?:x|ab)', '', True),
        ('a', '\\p{IsGreek}', '', False),
        ('aaaaaaaaaab', '(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)b', '', True),
        ('abcdefghijkk', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\\11', '', True),
        ('aa0', '(a)\\10', '', True),
        ('a.b', '^a\\.b$', '', True),
        ('a.b', '^[\\.ab]*$', '', True),
        ('aa\nb', '(a)\\1$', '', False),
        ('xaa', '^(a)\\1', '', False),
        ('aa\nb', '(a)\\1$', 'm', True),
    ],
)
def test_matches(text: str, pattern: str, flags: str, found: bool) -> None:
    assert matches(text, pattern, flags, Counted()) is found


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "flags", "result"),
    [
        ('abcd', '(ab)|(a)', '[1=$1][2=$2]', '', '[1=ab][2=]cd'),
        ('foobar', '^fo*b*', '#', '', '#ar'),
        ('abc', '.^[d-z]', '#', '', 'abc'),
        ('abracadabra', 'bra', '*', '', 'a*cada*'),
        ('abracadabra', 'a.*a', '*', '', '*'),
        ('abracadabra', 'a.*?a', '*', '', '*c*bra'),
        ('abracadabra', 'a(.)', 'a$1$1', '', 'abbraccaddabbra'),
        ('AAAA', 'A+?', 'b', '', 'bbbb'),
        ('darted', '^(.*?)d(.*)$', '$1c$2', '', 'carted'),
        ('reluctant', 'r.*?t', 'X', '', 'Xant'),
        ('0123456789', '(\\d{3})(\\d{3})(\\d{4})', '($1) $2-$3', '', '(012) 345-6789'),
        ('facetiously', '[iouy]', '[$0]', '', 'facet[i][o][u]sl[y]'),
        ('a.b.c.', '[a-z]', '#', 's', '#.#.#.'),
        ('abc', '[A-Z]', '#', 'i', '###'),
        ('a b c d ', '[a-z]', '#', 'x', '# # # # '),
        ('abc', '.^[d-z]*', '#', 'smix', 'abc'),
        ('abc', '[A-Z]', '#', '', 'abc'),
        ('abc', '(b)', '\\$', '', 'a$c'),
        ('abc', '(b)', '$2', '', 'ac'),
        ('abc', '(b)', '$12', '', 'ab2c'),
        ('a.c', '.', 'x', 'q', 'axc'),
        ('AbC', '[^b]', 'x', 'i', 'xbx'),
        ('abcdefghijk', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)', '$10$1', '', 'jak'),
    ],
)
def test_replace(text: str, pattern: str, replacement: str, flags: str, result: str) -> None:
    assert "".join(replace(text, pattern, replacement, flags, Counted())) == result


@pytest.mark.parametrize(
    ("text", "delimiter", "parts"),
    [("John Doe", r"\s", ["John", "Doe"]), ("a;b;c;;", ";", ["a", "b", "c", "", ""]), ("", "x", [""])],
)
def test_split(text: str, delimiter: str, parts: list[str]) -> None:
    assert list(split(text, delimiter, Counted())) == parts


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        ('(a)\\2', ''),
        ('x', 'k'),
        (']', ''),
        ('a{2,1}', ''),
        ('*a', ''),
        ('(a', ''),
        ('a)', ''),
        ('\\q', ''),
        ('[z-a]', ''),
        ('(?=a)', ''),
        ('[]', ''),
        ('[a-z', ''),
        ('[a-z-[a]x]', ''),
        ('\\', ''),
        ('\\p{Xx}', ''),
        ('\\p{IsNowhere}', ''),
        ('\\pL', ''),
        ('a**', ''),
        ('a{x}', ''),
        ('[a[b]]', ''),
        ('[a-\\d]', ''),
        ('(a\\1)', ''),
        ("[a-" * 66 + "[b" + "]" * 67, ''),
        ("(" * 65 + "a" + ")" * 65, ''),
        ("a" * 4_097, ''),
        ('((a{100}){100}){100}', ''),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str, flags: str) -> None:
    with pytest.raises(Fault):
        matches("a", pattern, flags, Counted())


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [("a|b*", "x"), ("a*", "x"), ("^", "x"), ("b|$", "x"), ("(b)", "$"), ("(b)", "\\"), ("(b)", r"\x")],
)
def test_what_is_no_replacement_is_refused(pattern: str, replacement: str) -> None:
    with pytest.raises(Fault):
        "".join(replace("abc", pattern, replacement, "", Counted()))


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 60_000 + "b", "(a+)+$"),
        ("a" * 60_000, "(a|aa)+b"),
        ("a" * 60_000, ".*.*.*x"),
        ("ab" * 20_000, r"(a|b)*\1c"),
        ("a" * 40, r"(a*)*\1b"),
    ],
)
def test_a_pattern_that_takes_too_many_steps_ends(text: str, pattern: str) -> None:
    with pytest.raises(OverflowError, match="too many steps"):
        matches(text, pattern, "", Counted())


def test_nothing_repeated_is_nothing() -> None:
    assert matches("a", "^(?:(?:(?:){999999}){999999}a{0}){999999}a$", "", Counted())


def test_many_kinds_of_characters_take_no_more_room() -> None:
    assert not matches("".join(map(chr, range(0x4E00, 0x9FFF))), "[a-z][0-9]|[A-Z]{2}", "", Counted())


def test_time_is_linear_where_others_need_ages() -> None:
    assert matches("a" * 200, "(a?){200}a{200}", "", Counted())
    assert not matches("a" * 3_000 + "b", "(a+)+$", "", Counted())


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "least"),
    [
        ("a", "()" * 500, "", 10_000),  # what the groups have found is handed on at each step
        ("".join(map(chr, range(0x4E00, 0x4F00))), f"[{'a' * 1_000}]", "", 15_000),
        ("中", f"[{'a' * 1_000}-[{'b' * 1_000}]]", "i", 700),
        ("a" * 20_000 + "b" + "a" * 20_000 + "c", r"^(a+)b\1d", "", 50_000),
        ("a", "a{3000}", "", 750),
        ("a", "((a{100}){100}){100}", "", 2_000),
    ],
    ids=["groups", "class", "variants", "back", "program", "too long"],
)
def test_what_takes_long_is_counted_as_such(text: str, pattern: str, flags: str, least: int) -> None:
    counted = Counted()
    with suppress(Fault, OverflowError):
        matches(text, pattern, flags, counted)
    assert counted.taken >= least


def test_pieces_of_a_replacement_are_counted() -> None:
    counted = Counted()
    assert "".join(replace("a" * 100, "a(b)?", "$1" * 100, "", counted)) == ""
    assert counted.taken > 100 * 100
