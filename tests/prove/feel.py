"""Do the two readers of the rule language agree? A million expressions written by chance, and random facts of every service."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from miaopi.definitions import find_service, list_services
from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Expression, Program, Type, compile, read
from miaopi.kernel.expr.parser import INPUT
from miaopi.kernel.expr.tree import Call, Node, children
from tests.property.both_readers import Drawer as Scopes
from tests.property.both_readers import by_code, by_interpreter
from tests.property.writer import NAMES, OF_CELLS
from tests.property.written import writer
from tests.prove import drawn_facts
from tests.services.reference import ROOT

EXPRESSIONS = 1_000_000
FACTS = 15_000  # of each service
CHUNK = 2_500
LEAST = 0.01  # of the cases of a service


@dataclass
class Found:
    """What some expressions, or the cases of one service, came to."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        self.counts += other.counts
        self.differences += other.differences


# Expressions


def written(chance: random.Random) -> Expression | Program:
    """One expression of either policy. Raises DefinitionError for a text that is none."""
    is_open = chance.random() < 0.5
    to = writer(chance, is_open=is_open)
    if not is_open:
        return compile(to.text(), NAMES)
    unary, kind = chance.random() < 0.2, chance.choice(OF_CELLS)
    text = to.tests(kind) if unary else to.text()
    names = {**NAMES, INPUT: Type.parse(kind)} if chance.random() < 0.7 else dict.fromkeys(NAMES, NAMES["u"])
    return read(text, names, unary=unary)


def compare_expressions(seed: int, chunk: int, count: int) -> Found:
    chance, found = random.Random(f"{seed}/{chunk}"), Found()
    while found.counts["expressions"] < count:
        try:
            one = written(chance)
        except DefinitionError:
            found.counts["no expressions"] += 1
            continue
        is_open = isinstance(one, Program)
        scope = Scopes(chance, is_open=is_open).scope()
        oracle, fast = by_interpreter(one, scope), by_code(one, scope)
        found.counts["expressions"] += 1
        found.counts["in models" if is_open else "in decisions"] += 1
        found.counts.update(_parts(one.tree))
        if oracle.is_beyond and fast.is_beyond:
            found.counts["beyond a budget on both"] += 1
        elif oracle.is_beyond or fast.is_beyond:
            found.counts["beyond a budget on one"] += 1
        else:
            kind = oracle.value[0] if isinstance(oracle.value, list) else "…"
            found.counts[f"value: {kind}"] += 1
            found.counts["with faults"] += bool(oracle.faults)
            if (oracle.value, oracle.faults) != (fast.value, fast.faults):
                found.differences.append(f"{one.text} ‖ {scope} ‖ {oracle} ‖ {fast}"[:4_000])
    return found


def _parts(root: Node) -> Iterable[str]:
    """The kinds of nodes and the functions that occur in the tree, each once."""
    found, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        found.add(f"node: {type(node).__name__}")
        if isinstance(node, Call):
            found.add(f"function: {node.function}")
        waiting.extend(children(node))
    return found


# Services


def compare_decisions(slug: str, seed: int, chunk: int, count: int) -> Found:
    chance, found = random.Random(f"{seed}/{slug}/{chunk}"), Found()
    package = find_service(slug, ROOT / "services")
    fast, oracle = package.definition, drawn_facts.interpreted(package.definition)
    drawer = drawn_facts.Drawer(package, chance)
    while found.counts["cases"] < count:
        drawn = drawer.draw()
        decision, wanted = drawn.decided_by(fast), drawn.decided_by(oracle)
        if decision != wanted or repr(decision) != repr(wanted):
            found.differences.append(f"{slug} ‖ {drawn} ‖ {wanted} ‖ {decision}"[:4_000])
        if isinstance(decision, str):
            found.counts["days without law"] += 1
            continue
        drawer.note(drawn, decision)
        found.counts["cases"] += 1
    found.counts.update({f"{name}: {value}": times for (name, value), times in drawer.seen.items()})
    return found


def shares(slug: str, counts: Counter[str]) -> dict[str, dict[str, float]]:
    """Of each outcome, and of each value of each condition, the share of the cases."""
    found: dict[str, dict[str, float]] = {}
    for name, value in drawn_facts.aims_of(find_service(slug, ROOT / "services").definition):
        found.setdefault(name, {})[value] = round(counts[f"{name}: {value}"] / counts["cases"], 4)
    return found


def too_rare(shares: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [f"{name} is {value}: {share}" for name, one in shares.items() for value, share in one.items() if share < LEAST]


def main(count: int = EXPRESSIONS, facts: int = FACTS, seed: int = 1) -> dict[str, object]:
    """Returns what was compared and what came of it. Raises AssertionError for a difference, and for an outcome or a value of a
    condition that is rarer than one case of a hundred.
    """
    slugs = [package.slug for package in list_services(ROOT / "services")]
    expressions, services = Found(), {slug: Found() for slug in slugs}
    with ProcessPoolExecutor(2) as pool:
        waiting = [
            (expressions, "expressions", pool.submit(compare_expressions, seed, at, min(CHUNK, count - at)))
            for at in range(0, count, CHUNK)
        ]
        waiting += [
            (services[slug], slug, pool.submit(compare_decisions, slug, seed, at, min(CHUNK, facts - at)))
            for slug in slugs
            for at in range(0, facts, CHUNK)
        ]
        for number, (whole, what, each) in enumerate(waiting, 1):
            whole.add(each.result())
            print(f"{number}/{len(waiting)} {what}: {len(whole.differences)} differences", file=sys.stderr)
    found = {slug: shares(slug, one.counts) for slug, one in services.items()}
    wrong = [line for one in (expressions, *services.values()) for line in one.differences]
    rare = [f"{slug}: {line}" for slug, one in found.items() for line in too_rare(one)]
    assert not wrong and not rare, "\n".join([*wrong[:20], *rare])
    return {
        "seed": seed,
        "expressions": {**dict(sorted(expressions.counts.items())), "differences": len(expressions.differences)},
        "services": {
            slug: {
                "cases": one.counts["cases"],
                "days without law": one.counts["days without law"],
                "differences": len(one.differences),
                "shares": found[slug],
            }
            for slug, one in services.items()
        },
    }
