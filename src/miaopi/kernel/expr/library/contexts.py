"""Context functions (DMN 1.5 §10.3.4.9, table 82)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from miaopi.kernel.expr.fault import Fault
from miaopi.kernel.expr.library.signature import Function, takes
from miaopi.kernel.expr.types import ANY, LIST, RECORD, STRING, Type

Context = dict[str, object]


def _get_value(context: Context, key: str) -> object:
    """Null where there is no such entry."""
    return context.get(key)


def _get_entries(context: Context) -> list[object]:
    return [{"key": key, "value": value} for key, value in context.items()]


def _context(entries: list[object]) -> Context:
    """From `{key, value}` entries. Raises Fault where one has no key, no value, or the key of another."""
    found: Context = {}
    for entry in entries:
        match entry:
            case {"key": str() as key, "value": value} if key not in found:
                found[key] = value
            case _:
                raise Fault("each entry has a key of its own and a value")
    return found


def _put(context: Context | None, key: str | None, value: object) -> Context | None:
    return None if context is None or key is None else {**context, key: value}


def _put_within(context: Context | None, keys: list[object] | None, value: object) -> Context | None:
    """The value at the end of a path of keys; all but the last lead to contexts. Raises Fault where they do not."""
    if context is None or keys is None:
        return None
    inner: list[Context] = [context]
    names = [key for key in keys if isinstance(key, str)]
    if not keys or len(names) < len(keys):
        raise Fault("a path of keys has one key at least, and each is a string")
    for name in names[:-1]:
        found = inner[-1].get(name)
        if not isinstance(found, dict):
            raise Fault(f"{name} leads to no context")
        inner.append(found)
    changed = value
    for within, name in zip(reversed(inner), reversed(names), strict=True):
        changed = {**within, name: changed}
    return changed if isinstance(changed, dict) else None


def _merge(contexts: list[object]) -> Context:
    """Where two have an entry of one name, the later one's. Raises Fault for what is no context."""
    found: Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise Fault("contexts are merged with contexts")
        found |= context
    return found


CONTEXTS: Final[Mapping[str, Function]] = {
    "get value": Function(ANY, (takes(_get_value, ("m", RECORD), ("key", STRING)),)),
    "get entries": Function(
        Type("list", Type("context", entries=(("key", STRING), ("value", ANY)))),
        (takes(_get_entries, ("m", RECORD)),),
    ),
    "context": Function(RECORD, (takes(_context, ("entries", LIST), examines=True),)),
    "context put": Function(
        RECORD,
        (
            takes(_put, ("context", RECORD), ("key", STRING), ("value", ANY), takes_null=True),
            takes(_put_within, ("context", RECORD), ("keys", LIST), ("value", ANY), takes_null=True),
        ),
    ),
    "context merge": Function(RECORD, (takes(_merge, ("contexts", LIST)),)),
}
