"""Contexts"""

from __future__ import annotations

from tests.spec.manual import Rules, nobody_knows, on_every_engine, unknown

pytestmark = on_every_engine


def test_a_context_is_written_in_braces(rules: Rules) -> None:
    """{key: value, …}

    A key is a name, whatever signs it holds, or a string. An entry sees those before it.
    """
    rules.gives("{a: 1, b: a + 1}", {"a": 1, "b": 2})
    rules.gives("{}", {})
    rules.gives('{"first name": "张", length: string length(first name)}.length', 1)
    rules.gives("{人数: 2}.人数", 2)
    rules.refuses("{a: 1, a: 2}", "character 8: the context has two entries a")
    rules.refuses("{a: 1", "character 6: } is expected here, not the end")
    rules.refuses("{1: 1}", "character 2: a key is expected here, not a number")
    rules.refuses("{a 1}", "character 2: a key is expected here, not a")


def test_an_entry_is_read_after_a_dot(rules: Rules) -> None:
    """context.key

    Of a list of contexts, the entries of all of them.
    """
    rules.gives("{a: {b c: 1}}.a.b c + 1", 2)
    rules.gives("[{a: 1}, {a: 2}].a", [1, 2])
    rules.gives("[{a: 1}, {a: x}].a", nobody_knows("x"), {"x": unknown("number")})
    rules.gives("{a: 1, b: x}.a", 1, {"x": unknown("number")})
    rules.refuses("{a: 1}.b", "character 1: ‘{a: 1}’ is a context<a: number>, which has no part b")


def test_contexts_are_compared_entry_by_entry(rules: Rules) -> None:
    """Equality

    Two contexts are equal when they have the same keys, in whatever order, with equal values.
    """
    rules.gives("{a: 1, b: 2} = {b: 2, a: 1}", True)
    rules.gives("{a: 1} = {b: 1}", False)
    rules.gives("{a: 1, b: x} = {a: 2, b: 1}", False, {"x": unknown("number")})
    rules.gives("{a: x}", nobody_knows("x"), {"x": unknown("number")})
