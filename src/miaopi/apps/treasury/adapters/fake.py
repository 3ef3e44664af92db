"""A bank in memory that keeps the port's promises."""

from __future__ import annotations

from dataclasses import dataclass, field

from miaopi.apps.treasury.adapters.port import KEY_USED, Declined, Instruction, Paid
from miaopi.apps.treasury.adapters.wording import silence


@dataclass
class FakeBank:
    """`paid` by key; `attempts` counts what was told, repeats included. `mode`: up, down, or lost – it pays and its answer is lost."""

    paid: dict[str, Instruction] = field(default_factory=dict)
    attempts: int = 0
    mode: str = "up"
    turns_down: str = ""

    def pay(self, instruction: Instruction, *, seconds: float) -> Paid | Declined:
        self.attempts += 1
        if self.mode not in {"up", "lost"}:
            raise silence()
        if self.turns_down and instruction.key not in self.paid:
            return Declined(self.turns_down)
        if self.paid.setdefault(instruction.key, instruction) != instruction:
            return Declined(KEY_USED)
        if self.mode == "lost":
            raise silence()
        return Paid(f"fake-{instruction.key}")
