"""Do the walls hold? Faults planted one at a time in a copy of the tree; each must fail `./miaopi check`."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.prove.trees import copied_tree


@dataclass(frozen=True)
class Fault:
    """Text added to the end of a file (a new one where there is none), and the words by which the right wall names itself.

    That `check` fails is not enough: a linter may stumble over the planted line while the wall itself lets it through.
    """

    wall: str
    path: str
    text: str
    by: str


ROOMS = "src/miaopi/apps"
FAULTS = (
    Fault("street", f"{ROOMS}/filing/actions/confirm.py", "\nfrom miaopi.apps.licence.api import get_licence  # noqa: E402, F401 - planted\n",
          by="Street: a room imports rooms to its left only BROKEN"),
    Fault("street, inside a function", f"{ROOMS}/identity/queries/parties.py",
          "\n\ndef find_late() -> object:\n    from miaopi.apps.approval import api\n\n    return api\n",
          by="Street: a room imports rooms to its left only BROKEN"),
    Fault("street, under TYPE_CHECKING", f"{ROOMS}/consent/queries.py",
          "\nfrom typing import TYPE_CHECKING  # noqa: E402 - planted\n\nif TYPE_CHECKING:\n    from miaopi.apps.filing import api  # noqa: F401 - planted\n",
          by="Street: a room imports rooms to its left only BROKEN"),
    Fault("doors", f"{ROOMS}/approval/queries/decisions.py", "\nfrom miaopi.apps.filing.models import Filing as Other  # noqa: E402, F401 - planted\n",
          by="Doors: a room is entered by its api alone BROKEN"),
    Fault("furniture, a stray file", f"{ROOMS}/consent/utils.py", '"""Stray."""\n',
          by="Furniture: every room is laid out alike BROKEN"),
    Fault("furniture, queries read actions", f"{ROOMS}/application/queries.py", "\nfrom miaopi.apps.application import actions  # noqa: E402, F401 - planted\n",
          by="Furniture: every room is laid out alike BROKEN"),
    Fault("floors, a room reads a surface", f"{ROOMS}/consent/actions.py", "\nfrom miaopi.portal import gate  # noqa: E402, F401 - planted\n",
          by="Floors: surfaces above, rooms in the middle, the kernel below BROKEN"),
    Fault("floors, the kernel reads a room", "src/miaopi/kernel/fact.py", "\nfrom miaopi.apps.audit import api  # noqa: E402, F401 - planted\n",
          by="Floors: surfaces above, rooms in the middle, the kernel below BROKEN"),
    Fault("pure kernel, a file", "src/miaopi/kernel/lifecycle.py", "\nimport os  # noqa: E402, F401 - planted\n",
          by="The kernel is pure BROKEN"),
    Fault("pure kernel, Django inside a function", "src/miaopi/kernel/receipt.py",
          "\n\ndef late() -> object:\n    import django\n\n    return django\n",
          by="The kernel is pure BROKEN"),
    Fault("pure kernel, a clock", "src/miaopi/kernel/calendar.py",
          "\n\ndef at() -> object:\n    import datetime as clock\n\n    return clock.datetime.now()\n",
          by="TID251"),
    Fault("wires, a client in an action", f"{ROOMS}/licence/actions/issue.py", "\nimport httpx  # noqa: E402, F401 - planted\n",
          by="Wires: client libraries stay in adapters and the instance BROKEN"),
    Fault("city, the product reads the demo", "src/miaopi/cli/operations.py", "\nimport demo_city  # noqa: E402, F401 - planted\n",
          by="The demo city stands beside the product BROKEN"),
    Fault("surfaces, a desk reads a page of citizens", "src/miaopi/portal/stewards/quality.py",
          "\nfrom miaopi.portal.accesses import described  # noqa: E402, F401 - planted\n",
          by="Desks of staff and pages of citizens meet in wording alone BROKEN"),
    Fault("surfaces, a desk reads another", "src/miaopi/portal/auditors/refusals.py",
          "\nfrom miaopi.portal.stewards import quality  # noqa: E402, F401 - planted\n",
          by="No desk knows another BROKEN"),
    Fault("surfaces, a page of citizens reads a desk", "src/miaopi/portal/citizen/disputes.py",
          "\nfrom miaopi.portal.stewards import disputes  # noqa: E402, F401 - planted\n",
          by="Pages of citizens know no desk BROKEN"),
    Fault("a key that points downstream", f"{ROOMS}/consent/models.py",
          "\n\nclass Late(models.Model):\n    licence = models.ForeignKey(\"licence.Licence\", on_delete=models.PROTECT)\n\n"
          "    class Privacy:\n        public = (\"id\", \"licence\")\n        personal = ()\n        secret = ()\n",
          by="test_keys_point_upstream"),
    Fault("a field without a privacy class", f"{ROOMS}/notification/models.py",
          "\n\nclass Bare(models.Model):\n    name = models.CharField(max_length=9)\n",
          by="test_every_field_has_a_privacy_class"),
    Fault("a transaction outside act", f"{ROOMS}/consent/actions.py", "\nfrom django.db import transaction  # noqa: E402, F401 - planted\n",
          by="test_act_is_the_only_way_into_a_transaction"),
    Fault("an import by string", f"{ROOMS}/licence/queries/licences.py",
          "\n\ndef find_by_string() -> object:\n    import importlib\n\n    return importlib.import_module(\"miaopi.apps.approval.api\")\n",
          by="test_nothing_is_imported_by_string"),
    Fault("a route without a right", "src/miaopi/portal/urls.py",
          "\nfrom miaopi.portal.problems import not_found  # noqa: E402 - planted\n\nurlpatterns.append(path(\"bare\", not_found))\n",
          by="test_a_route_names_its_right"),
)


def main() -> dict[str, object]:
    """Returns each wall with what stopped the fault; raises AssertionError for one that its own wall let through."""
    stopped: dict[str, str] = {}
    with copied_tree() as copy:
        clean = check(copy)
        assert clean.returncode == 0, f"the tree itself does not pass: {clean.stdout[-2000:]}"
        for fault in FAULTS:
            target = copy / fault.path
            kept = target.read_bytes() if target.exists() else None
            assert kept is not None or "stray" in fault.wall, f"nothing is there to plant into: {fault.path}"
            target.write_bytes((kept or b"") + fault.text.encode())
            ran = check(copy)
            if kept is None:
                target.unlink()
            else:
                target.write_bytes(kept)
            assert ran.returncode != 0 and fault.by in ran.stdout, f"the wall lets it through: {fault.wall} ({fault.path})"
            stopped[fault.wall] = f"{fault.path}: {fault.by}"
            print(f"{fault.wall}: stopped", file=sys.stderr)
    return {"planted": len(FAULTS), "stopped": len(stopped), "walls": stopped}


def check(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(copy / "miaopi"), "check"], cwd=copy, capture_output=True, text=True, timeout=600)
