"""The contract `doors`: other rooms and the floors above come in by `<room>.api` alone (STYLE.md §2)."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorContract(Contract):
    """Each direct import of a module of a room, other than its `api`, from outside that room is a breach."""

    rooms = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        breaches: list[str] = []
        for room in sorted(graph.find_children(self.rooms)):
            inside = {room} | graph.find_descendants(room)
            for module in sorted(inside - {f"{room}.api", room}):
                for importer in sorted(graph.find_modules_that_directly_import(module) - inside):
                    breaches.append(f"{importer} → {module}")
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(f"{breach}: come in by the door")
