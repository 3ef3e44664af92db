"""Deciding again from a receipt: the same rules, the same facts, the same day must give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import InvalidOperation

from miaopi.kernel.decision.deciding import decide
from miaopi.kernel.decision.definition import Definition
from miaopi.kernel.decision.outcomes import Decision
from miaopi.kernel.decision.precedence import AUTO_REFUSE, NOTHING
from miaopi.kernel.decision.reading import read_facts, read_value, write_fact, write_value
from miaopi.kernel.errors import InputError
from miaopi.kernel.expr import Type
from miaopi.kernel.expr.values import Fault
from miaopi.kernel.fact import Fact, FactName
from miaopi.kernel.receipt import Receipt, make_receipt, no_receipt_error
from miaopi.kernel.wording import Text


def receipt_of(
    definition: Definition,
    facts: Mapping[FactName, Fact],
    decision: Decision,
    *,
    as_of: date,
    settings: Mapping[str, object],
    salt: str,
    overrides: Mapping[str, object] = NOTHING,
    known_at: date | None = None,
) -> Receipt:
    """The receipt of a decision; only the settings that its rules may read are kept. `salt` should not be guessable."""
    read = [*definition.settings, AUTO_REFUSE]
    return make_receipt(
        slug=definition.slug,
        definition=definition.version,
        as_of=as_of.isoformat(),
        known_at=None if known_at is None else known_at.isoformat(),
        settings={name: write_value(settings[name]) for name in read if name in settings},
        overrides={name: write_value(value) for name, value in overrides.items()},
        decision=decision.to_json(),
        facts={name: write_fact(facts[name]) for name in sorted(facts)},
        salt=salt,
    )


def replay(definition: Definition, receipt: Receipt) -> Receipt | None:
    """The receipt made anew from the same rules, facts and day; `None` where the facts were erased.

    The two have the same `statement()` unless something was altered. Raises InputError for another version of the rules, and for
    a day, name or value that those rules do not know.
    """
    if receipt.definition != definition.version:
        raise InputError(
            "receipt",
            Text(zh="该回执依据的规则版本与此处的规则包不同。", en="the receipt was made by another version of the rules."),
            Text(zh=f"需要版本 {receipt.definition}。", en=f"It needs version {receipt.definition}."),
        )
    if receipt.facts is None or receipt.salt is None:
        return None
    types = {name: parameter.type for name, parameter in definition.parameters.items()} | dict(definition.settings)
    types[AUTO_REFUSE] = Type.parse("boolean")
    try:
        as_of = date.fromisoformat(receipt.as_of)
        known_at = None if receipt.known_at is None else date.fromisoformat(receipt.known_at)
        settings = {name: read_value(types[name], raw) for name, raw in receipt.settings.items()}
        overrides = {name: read_value(types[name], raw) for name, raw in receipt.overrides.items()}
    except (KeyError, ValueError, InvalidOperation, Fault):
        raise no_receipt_error() from None
    facts = read_facts(definition, receipt.facts)
    decision = decide(definition, facts, as_of=as_of, settings=settings, overrides=overrides, known_at=known_at)
    return receipt_of(
        definition, facts, decision, as_of=as_of, settings=settings, salt=receipt.salt, overrides=overrides, known_at=known_at
    )
