"""`bench decide`: one decision beside hand-written Python and the other engines, in turns of one run (DESIGN.md §8, F2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from rich.console import Group

from miaopi.cli.bench import long_tables, subject
from miaopi.cli.bench.packages import compile_many
from miaopi.cli.bench.turns import Contestant, machine, median, ratio, take_turns
from miaopi.cli.printing import emit, tell
from miaopi.definitions import find_service
from miaopi.definitions.cases import WorkedCase, read_cases
from miaopi.definitions.reader import Reader
from miaopi.definitions.trial import decide_case
from miaopi.kernel.dmn import Model, parse
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

HAND, PLAIN, WITH_REASONS, SERVICE = "hand-written Python", "miaopi without reasons", "miaopi", "miaopi: a service decision"
ZEN: Final = "zen-engine"
REAL: Final = "old-age-allowance"
SEED: Final = 20_261_126
CHECKED: Final = 40  # cases on which every contestant is asked before any is timed
LONG: Final[Mapping[int, float]] = {1_000: 100, 3_700: 300}  # rules, and the microseconds that a decision may take
MOST_OF_HAND: Final = {PLAIN: 2.0, WITH_REASONS: 3.0}
LEAST_OF_ZEN: Final = 150.0
MOST_SECONDS: Final = 2.0


def bench_decide(
    *, rounds: int = 5, cases: int = 2_000, milliseconds: int = 100, packages: int = 200, json: bool = False
) -> None:
    """Microseconds a decision, with reasons, beside hand-written Python and other engines.

    --rounds: how often all take turns. --cases: applicants. --milliseconds: how long a turn lasts. --packages: to compile.
    """
    emit(measure(rounds=rounds, cases=cases, milliseconds=milliseconds, packages=packages), json, render)


def measure(*, rounds: int, cases: int, milliseconds: int, packages: int) -> dict[str, Any]:
    """The figures are medians of the rounds, a ratio is the median of those of the rounds."""
    tell("· 一次决定 / one decision")
    contestants = contestants_of(cases)
    times = take_turns(contestants, rounds, milliseconds)
    long = {str(rules): measure_long(rules, rounds, cases, milliseconds) for rules in LONG}
    tell(f"· {packages} 个事项包 / packages")
    compiled = compile_many(packages, min(rounds, 3))
    rows = {name: median(figures) for name, figures in times.items()}
    return {
        "name": "decide",
        "ours": rows.pop(WITH_REASONS),
        "ours_without_reasons": rows.pop(PLAIN),
        "service_decision": rows.pop(SERVICE),
        "peers": rows,
        "unit": "µs a decision",
        "ratio": ratio(times[WITH_REASONS], times[HAND]),
        "ratio_without_reasons": ratio(times[PLAIN], times[HAND]),
        "times_faster_than": {name: ratio(times[name], times[WITH_REASONS]) for name in rows if name != HAND},
        "decision": {"rules": len(subject.RULES), "inputs": len(subject.INPUTS), "dates_reckoned": "peers get them reckoned"},
        "long_tables": long,
        "packages": compiled,
        "bounds": [
            *(bound(f"× hand, {name}", ratio(times[name], times[HAND]), most=most) for name, most in MOST_OF_HAND.items()),
            bound("× faster than zen-engine, with reasons", ratio(times[ZEN], times[WITH_REASONS]), least=LEAST_OF_ZEN),
            *(bound(f"µs, {rules} rules, with reasons", long[str(rules)]["ours"], most=most) for rules, most in LONG.items()),
            bound(f"s, {packages} packages compiled", compiled["cold_s"], most=MOST_SECONDS),
        ],
        "answers_checked": min(cases, CHECKED),
        "rounds": rounds,
        "machine": machine(),
    }


def bound(what: str, figure: float, *, most: float | None = None, least: float | None = None) -> dict[str, Any]:
    met = (most is None or figure <= most) and (least is None or figure >= least)
    return {"what": what, "figure": figure, **({"most": most} if least is None else {"least": least}), "met": met}


def contestants_of(cases: int) -> dict[str, Contestant]:
    """All of them, asked for the same cases and found to give the same answers."""
    facts = subject.facts_of(cases, SEED)
    model = parse(subject.written(subject.DECISION, subject.INPUTS, tuple(subject.COLUMNS.values()), subject.RULES))
    reckoned = [subject.reckoned(one) for one in facts]
    found = {
        HAND: Contestant(subject.by_hand, facts),
        PLAIN: Contestant(partial(model.evaluate, subject.DECISION), facts),
        WITH_REASONS: Contestant(partial(model.explain, subject.DECISION), facts),
        **{name: Contestant(decide, reckoned) for name, decide in peers(tuple(subject.COLUMNS), subject.RULES).items()},
    }
    require_same(found)
    return found | {SERVICE: service_decision()}


def peers(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> dict[str, Callable[[Any], object]]:
    """The other engines. Raises InputError where they are not installed."""
    try:
        from miaopi.cli.bench.peers import bkflow, openfisca, spiff, zen, zen_cells
    except ImportError as error:
        raise InputError(
            "bench decide",
            Text(zh=f"对手没有安装：{error.name}。", en=f"a peer is not installed: {error.name}."),
            Text(zh="请用 ./miaopi bench decide 运行，它会安装。", en="Run it by ./miaopi bench decide, which installs them."),
        ) from None
    engines = {ZEN: zen, "zen-engine expressions": zen_cells, "SpiffWorkflow": spiff, "bkflow-dmn": bkflow, "OpenFisca": openfisca}
    return {name: engine.prepare(columns, rules) for name, engine in engines.items()}


def require_same(contestants: Mapping[str, Contestant]) -> None:
    """Every one gives the same answer to each case that is checked. Raises AssertionError, which ends the benchmark."""
    answers = {
        name: [getattr(given, "value", given) for given in map(one.decide, one.cases[:CHECKED])]
        for name, one in contestants.items()
    }
    differing = [name for name, given in answers.items() if given != answers[HAND]]
    if differing:
        raise AssertionError(f"not all decide the same: {', '.join(differing)}")


def service_decision() -> Contestant:
    """A real service, each fact with its source, each condition with its verdict: what approval takes for one applicant."""
    package, reader = find_service(REAL), Reader()
    cases: list[WorkedCase] = read_cases(reader, package)
    return Contestant(partial(decide_case, package.definition), cases)


def measure_long(rules: int, rounds: int, cases: int, milliseconds: int) -> dict[str, Any]:
    """A long table: ours beside a loop written by hand and zen-engine."""
    from miaopi.cli.bench.peers import zen

    tell(f"· {rules} 条规则 / rules")
    rows = long_tables.rows_of(rules, SEED)
    cells, facts = long_tables.cells_of(rows), long_tables.facts_of(cases, SEED)
    model: Model = parse(subject.written(long_tables.DECISION, long_tables.INPUTS, tuple(long_tables.INPUTS), cells))
    contestants = {
        HAND: Contestant(long_tables.by_hand(rows), facts),
        PLAIN: Contestant(partial(model.evaluate, long_tables.DECISION), facts),
        WITH_REASONS: Contestant(partial(model.explain, long_tables.DECISION), facts),
        ZEN: Contestant(zen.prepare(tuple(long_tables.INPUTS), cells), facts),
    }
    require_same(contestants)
    times = take_turns(contestants, rounds, milliseconds)
    return {
        "ours": median(times[WITH_REASONS]),
        "ours_without_reasons": median(times[PLAIN]),
        "peers": {name: median(times[name]) for name in (HAND, ZEN)},
        "ratio": ratio(times[WITH_REASONS], times[HAND]),
        "times_faster_than_zen": ratio(times[ZEN], times[WITH_REASONS]),
    }


def render(result: Mapping[str, Any]) -> Group:
    lines = [
        f"一次决定，含理由 / one decision with reasons: {result['ours']} µs",
        f"不含理由 / without reasons: {result['ours_without_reasons']} µs",
        f"真实事项 / a service: {result['service_decision']} µs",
        *(f"{name}: {figure} µs" for name, figure in result["peers"].items()),
        *(f"{rules} 条规则 / rules: {one['ours']} µs ({one['peers']})" for rules, one in result["long_tables"].items()),
        *(f"{'✓' if one['met'] else '✗'} {one['figure']} {one['what']}（{one.get('most', one.get('least'))}）" for one in result["bounds"]),
    ]
    return Group(*lines)
