"""From the first word of the command line to the module that knows it; the others are not loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import cyclopts

from miaopi.cli.printing import run, tell

VERBS: Final = {
    "service": "services: list, show, check, try",
    "decide": "one decision from a file of facts, no database",
    "apply": "the whole journey of an application",
    "application": "show, withdraw, review one application",
    "licence": "show what was issued",
    "exchange": "agencies, resources, grants",
    "ledger": "checkpoint, prove, verify, accesses",
    "audit": "check, parked, replay",
    "bench": "a benchmark beside its ceiling",
    "serve": "the web server alone",
    "worker": "the worker alone",
    "migrate": "bring the database to this version",
    "doctor": "what is missing or unsafe here",
    "supervise": "own the processes of an instance",
}

OF_THE_LAUNCHER: Final = {
    "demo": "a whole city on this machine, and its portal",
    "city": "the demo city: generate, agency, clock",
    "check": "linters, contracts, types and the house: before a commit",
    "test": "check and all tests, or pytest on what is named",
    "prove": "the long proofs",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code. The verbs of the launcher run beside the product and are only named here."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help", "help"} or words[0] not in VERBS:
        named = [f"  {verb:<12} {does}" for verb, does in {**OF_THE_LAUNCHER, **VERBS}.items()]
        tell("\n".join(["用法 / usage: ./miaopi VERB … [--json]", *named]))
        return 0 if words and words[0] in {"-h", "--help", "help"} else 2
    return run(lambda: find_app(words[0]), words[1:])


def find_app(verb: str) -> cyclopts.App:
    """The app of `verb`; imports stand inside so that `decide` loads no Django."""
    match verb:
        case "service":
            from miaopi.cli.services import app
        case "decide":
            from miaopi.cli.services import decide_app as app
        case "apply":
            from miaopi.cli.journey import apply_app as app
        case "application":
            from miaopi.cli.journey import application_app as app
        case "licence":
            from miaopi.cli.journey import licence_app as app
        case "exchange":
            from miaopi.cli.exchange import app
        case "ledger":
            from miaopi.cli.ledger import app
        case "audit":
            from miaopi.cli.ledger import audit_app as app
        case "bench":
            from miaopi.cli.bench import app
        case _:
            from miaopi.cli import operations

            return operations.APPS[verb]
    return app
