"""The two readers of the rule language agree on whatever can be written; `./miaopi prove feel` asks a million times."""

from __future__ import annotations

import random

import pytest

from miaopi.kernel.errors import DefinitionError
from miaopi.kernel.expr import Program
from tests.property.both_readers import Drawer, by_code, by_interpreter
from tests.prove.feel import written


@pytest.mark.parametrize("seed", range(8))
def test_code_objects_give_what_the_interpreter_gives(seed: int) -> None:
    chance, compared = random.Random(f"readers {seed}"), 0
    while compared < 400:
        try:
            one = written(chance)
        except DefinitionError:
            continue
        scope = Drawer(chance, is_open=isinstance(one, Program)).scope()
        oracle, fast = by_interpreter(one, scope), by_code(one, scope)
        assert oracle.is_beyond or not fast.is_beyond, f"{one.text} with {scope}"
        if not oracle.is_beyond:
            assert (fast.value, fast.faults) == (oracle.value, oracle.faults), f"{one.text} with {scope}"
            assert fast.taken <= oracle.taken or not isinstance(one, Program)
        compared += 1
