"""OpenFisca: one person in a simulation of its own; the rules are one formula over vectors, as its authors write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from miaopi.cli.bench.subject import TYPES, Facts

MONTH = "2026-06"


def formula(persons: Any, period: Any) -> Any:
    record, degree, full_time, age, years, insured, title, school, contract = (persons(name, period) for name in TYPES)
    young = (degree == "bachelor") & full_time & (age < 35)
    titled = (degree == "bachelor") & (age < 40) & (insured >= 6) & (title == "senior") & contract
    listed = (degree == "college") & (age < 35) & (years <= 1) & (school == "listed") & contract
    referred = (age >= 18) & (age <= 45) & (insured >= 24) & (title == "senior")
    master = (degree == "master") & full_time & (age < 45)
    hits = [record, (degree == "doctor") & (age < 50), master, young & (years <= 2), young & (insured >= 12), titled, listed]
    return numpy.select([*hits, referred, age >= 60], range(9), 9)


def prepare(columns: Sequence[str], rules: Sequence[Sequence[str]]) -> Callable[[Facts], str]:
    person = Entity("person", "persons", "", "")
    system = TaxBenefitSystem([person])
    for name, kind, more in [*((name, TYPES[name], {}) for name in columns), ("outcome", int, {"formula": formula})]:
        known = {"value_type": kind, "entity": person, "definition_period": DateUnit.MONTH, "label": name}
        system.add_variable(type(name, (Variable,), known | more))

    def decide(facts: Facts) -> str:
        simulation = SimulationBuilder().build_default_simulation(system, 1)
        for name in columns:
            simulation.set_input(name, MONTH, numpy.array([facts[name]]))
        return rules[int(simulation.calculate("outcome", MONTH)[0])][-1]

    return decide
