"""String functions (DMN 1.5, table 76)."""

from __future__ import annotations

import pytest

from tests.unit.kernel.expr.asking import answer


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('substring("foobar", 3)', '"obar"'),
        ('substring("foobar", 3, 3)', '"oba"'),
        ('substring("foobar", -2, 1)', '"a"'),
        ('substring("foobar", 3.8)', '"obar"'),
        ('substring("\\U01F40Eab", 2)', '"ab"'),
        ('substring after("foobar", "ob")', '"ar"'),
        ('substring after("", "a")', '""'),
        ('substring after("foo","")', '"foo"'),
        ('substring after("foo","x")', '""'),
        ('substring before("foobar","bar")', '"foo"'),
        ('upper case("aBc4")', '"ABC4"'),
        ('lower case("aBc4")', '"abc4"'),
        ('contains("foobar","of")', 'false'),
        ('starts with("foobar","fo")', 'true'),
        ('ends with("foobar","r")', 'true'),
        ('matches("foobar", "^fo*b")', 'true'),
        ('matches("foobar","^Fo*bar","i")', 'true'),
        ('matches("abc", "[a-z]", null)', 'true'),
        ('matches(input: "a", pattern: "A", flags: "i")', 'true'),
        ('string join(["a","b"], "_")', '"a_b"'),
        ('replace("abc", "b", "$0$0")', '"abbc"'),
        ('split("a1b2c", "[0-9]")', '["a", "b", "c"]'),
        ('substring(string: "foobar", start position: 3, length: 2)', '"ob"'),
        ('string join(list: ["a","b"], delimiter: "-")', '"a-b"'),
        ('starts with(string: "ab", match: "a")', 'true'),
        ('split(string: "a,b", delimiter: ",")', '["a", "b"]'),
        ('matches("a","(")', 'null'),
        ('upper case("straße")', '"STRASSE"'),
        ('matches(null, "a")', 'null'),
        ('matches("a", "a", null)', 'true'),
        ('replace("a", null, "b", "i")', 'null'),
        ('replace("aA", "a", "b", null)', '"bA"'),
        ('replace("aA", "a", "b", "i")', '"bb"'),
        ('split("a,b", null)', 'null'),
        ('string join(null, ",")', 'null'),
        ('string join(["a", null], null)', '"a"'),
        ('replace("abc", "(b)", "[$1$2\\\\$\\\\\\\\]")', '"a[b$\\\\]c"'),
    ],
)
def test_text(text: str, result: str) -> None:
    assert answer(text) == result
