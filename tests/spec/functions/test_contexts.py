"""Contexts"""

from __future__ import annotations

from tests.spec.manual import Rules, on_every_engine

pytestmark = on_every_engine


def test_reading(rules: Rules) -> None:
    """get value(m, key), get entries(m)

    Null where there is no such entry.
    """
    rules.gives('get value({a: 1}, "a")', 1)
    rules.gives('get value({a: 1}, "b")', None)
    rules.gives("get entries({a: 1})", [{"key": "a", "value": 1}])


def test_making(rules: Rules) -> None:
    """context(entries), context put(context, key, value), context merge(contexts)

    What is given stays as it was; the later of two entries of one name holds, and `context` takes no name twice.
    """
    rules.gives('context([{key: "a", value: 1}])', {"a": 1})
    rules.gives('context put({a: 1}, "b", 2)', {"a": 1, "b": 2})
    rules.gives('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}})
    rules.gives("context merge([{a: 1, b: 1}, {b: 2}])", {"a": 1, "b": 2})
