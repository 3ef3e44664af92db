"""What is known of the types of the elements of a model, for the texts that read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from miaopi.kernel.dmn.reading.boxed import type_of_boxed
from miaopi.kernel.dmn.tree import Boxed
from miaopi.kernel.expr import Type


@dataclass(slots=True)
class Variables:
    """An element declares a type, or its expression shows one once its texts are read, those that it needs first."""

    types: dict[str, Type] = field(default_factory=dict)
    shown: dict[str, tuple[Boxed | None, Sequence[str]]] = field(default_factory=dict)

    def declare(self, key: str, kind: Type) -> None:
        self.types[key] = kind

    def show(self, key: str, boxed: Boxed | None, needs: Sequence[str]) -> None:
        del self.types[key]
        self.shown[key] = boxed, needs

    def type(self, key: str) -> Type:
        """No chain of elements is too long. Raises BudgetError for a text beyond its measure."""
        waiting = [key]
        while waiting:
            boxed, needs = self.shown.get(waiting[-1], (None, ()))
            missing = [need for need in needs if need not in self.types]
            if waiting[-1] in self.types or not missing:
                found = waiting.pop()
                if found not in self.types:
                    self.types[found] = type_of_boxed(boxed)
            else:
                waiting.extend(missing)
        return self.types[key]
