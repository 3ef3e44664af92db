"""Patterns"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_matches(rules: Rules) -> None:
    r"""matches(input, pattern), matches(input, pattern, flags)

    Whether a part of the text is as the pattern says. Patterns are XPath's: `^` and `$` stand for the ends, `\p{…}` for a
    property of Unicode. Flags: `i` capital or small, `s` a dot takes line ends, too, `m` the ends of lines, `x` blanks in the
    pattern do not count, `q` every sign stands for itself.
    """
    rules.gives(r'matches("粤B12345", "^\\p{IsCJKUnifiedIdeographs}[A-Z][0-9]{5}$")', True)
    rules.gives('matches("44030419560520", "^[0-9]{17}[0-9X]$")', False)
    rules.gives('matches("abc", "B", "i")', True)
    rules.gives('matches("a.c", ".", "q")', True)
    rules.gives('matches("hello world", "hello[ ]world", "x")', True)
    rules.gives(r'matches("Mum", "([md])[aeiou]\\1", "i")', True)
    rules.gives('matches(x, "a")', nobody_knows("x"), {"x": unknown("string")})
    rules.refuses('matches("a", "(")', "character 1: the pattern leaves a group open")
    rules.refuses('matches("a", "a", "g")', "character 1: the flags of a pattern are s, m, i, x and q")


def test_replace(rules: Rules) -> None:
    """replace(input, pattern, replacement), replace(input, pattern, replacement, flags)

    Every match is replaced. `$1` is what the first group has found, `$0` the whole match.
    """
    rules.gives(r'replace("13900002222", "(\\d{3})\\d{4}(\\d{4})", "$1****$2")', "139****2222")
    rules.gives('replace("a b c", "[b-z]", "#")', "a # #")
    rules.gives('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd")
    rules.refuses('replace("abc", "x*", "-")', "character 1: the pattern matches where there is nothing")


def test_split(rules: Rules) -> None:
    r"""split(string, delimiter)

    The delimiter is a pattern.
    """
    rules.gives(r'split("张三 李四", "\\s")', ["张三", "李四"])
    rules.gives('split("a;b;;", ";")', ["a", "b", "", ""])
