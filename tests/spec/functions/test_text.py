"""Strings"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_same_name(rules: Rules) -> None:
    """same name(a, b)

    Whether two spellings are one person's name: wide and narrow letters, capital and small ones and blanks do not count,
    and the dots that divide an ethnic name (`·`, `•`, `.`) are one sign.
    """
    rules.gives('same name("阿卜杜拉·买买提", "阿卜杜拉•买买提")', True)
    rules.gives('same name("阿卜杜拉．买买提", "阿卜杜拉 · 买买提")', True)
    rules.gives('same name("ＬＩ Wei", "li wei")', True)
    rules.gives('same name("张三", "张山")', False)
    rules.gives('same name("阿卜杜拉·买买提", "阿卜杜拉买买提")', False)
    rules.gives('same name("张三", x)', nobody_knows("x"), {"x": unknown("string")})


def test_case_and_length(rules: Rules) -> None:
    """upper case, lower case, string length

    A length counts characters, whatever their width.
    """
    rules.gives('upper case("x")', "X")
    rules.gives('lower case("X")', "x")
    rules.gives(r'string length("无犯罪\U01F600")', 4)


def test_pieces(rules: Rules) -> None:
    """contains, starts with, ends with"""
    rules.gives('contains("440304001", "0304")', True)
    rules.gives('starts with("440304001", "4403")', True)
    rules.gives('starts with("450100", "4403")', False)
    rules.gives('ends with("440304001", "001")', True)


def test_parts(rules: Rules) -> None:
    """substring before(string, match), substring after(string, match)

    Nothing where there is no match.
    """
    rules.gives('substring before("a@b", "@")', "a")
    rules.gives('substring after("a@b", "@")', "b")
    rules.gives('substring before("a@b", "#")', "")
    rules.gives('substring after("a@b", "#")', "")


def test_join(rules: Rules) -> None:
    """string join(list), string join(list, delimiter)

    Null elements are left out.
    """
    rules.gives('string join(["a", "b"], "、")', "a、b")
    rules.gives('string join(["a", null, "b"])', "ab")


def test_substring(rules: Rules) -> None:
    """substring(text, place), substring(text, place, length)

    Places count characters from 1, or from the end below 0.
    """
    rules.gives('substring("440304195605201234", 7, 8)', "19560520")
    rules.gives('substring("𠮷野家", 2)', "野家")
    rules.gives('substring("foobar", -2, 1)', "a")
    rules.gives('substring("foobar", -9)', "foobar")
    rules.gives('substring("foobar", 9)', "")
    rules.gives('substring("foobar", 0)', None)
    rules.gives('substring("foobar", 1, 0)', None)
