"""Draws the rows of every resource that is kept by table, each resource from a chance of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter
from random import Random
from typing import Final

from demo_city.kept.drawing import make_column
from demo_city.kept.faults import outlived, spoil_rows
from demo_city.kept.persons import Known
from demo_city.kept.spec import SURPLUS, Kept, all_kept
from demo_city.kept.subjects import Finder, know_everything, make_condition
from demo_city.population.people import Population
from demo_city.population.registers import registers
from demo_city.population.tables import Row, Table, stream

DESKS: Final = ("窗口一（演示）", "窗口二（演示）", "批量导入（演示）")
LONGEST_AGO: Final = 900  # days since a row was entered
Drawn = dict[str, object]


def all_registers(population: Population) -> tuple[Table, ...]:
    """Every register of every agency, in the order in which they can be filled."""
    return (*registers(population), *kept_registers(population))


def kept_registers(population: Population) -> Iterator[Table]:
    everything = know_everything(population)
    for kept in all_kept().values():
        drawn = spoil_rows(kept, _draw(kept, everything, population), population.seed)
        yield Table(kept.agency, kept.resource, (*kept.shown, *SURPLUS), _finish(kept, drawn, population.seed, population.day))


def _draw(kept: Kept, everything: Mapping[str, Sequence[Known]], population: Population) -> list[Drawn]:
    """The columns in their order, for one row after the other. Of those who fit one at least has a row."""
    chance, passes = stream(population.seed, f"kept {kept.resource}"), make_condition(kept.where)
    columns = [(column.name, make_column(column, population.day)) for column in kept.columns]
    least, most = kept.times
    fitting = [known for known in everything[kept.of] if passes(known)]
    chosen = fitting if kept.share >= 1 else [known for known in fitting if chance.random() < kept.share] or fitting[:1]
    rows: list[Drawn] = []
    for known in [*chosen, *_choose_dead(kept, everything["dead"], passes, chance)]:
        for number in range(1, 1 + (least if least == most else least + int(chance.random() * (most - least + 1)))):
            seen: Known = {**known, "number": number}
            row: Drawn = {kept.key: known["id_number"]}
            for name, say in columns:
                row[name] = seen[name] = say(chance, seen)
            rows.append(row)
    return rows


def _choose_dead(kept: Kept, dead: Sequence[Known], passes: Finder, chance: Random) -> Sequence[Known]:
    """Those whose rows nobody closed."""
    share = outlived(kept)
    return [known for known in dead if passes(known) and chance.random() < share] if share else ()


def _finish(kept: Kept, drawn: Sequence[Drawn], seed: int, day: date) -> list[Row]:
    """With what the agency keeps of its own work: when and by which desk the row was entered."""
    chance, values = stream(seed, f"entered {kept.resource}"), itemgetter(*kept.shown)
    days = [day - timedelta(days=ago) for ago in range(1, LONGEST_AGO)]
    return [(*values(row), days[int(chance.random() * len(days))], DESKS[int(chance.random() * len(DESKS))]) for row in drawn]
