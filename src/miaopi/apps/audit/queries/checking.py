"""Does the log still say what was signed? Every row is recomputed; what was altered is named."""

from __future__ import annotations

from dataclasses import dataclass

from miaopi.apps.audit.models import Checkpoint, Entry, Node, Pending, Position
from miaopi.apps.audit.queries.tree import LEVELS, count_numbered, get_root
from miaopi.kernel.ledger import leaf_data, leaf_hash, node_hash

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """`row` names what was altered: `entry 17`, `node 3/2`, `checkpoint 40`; `what` says how."""

    row: str
    what: str

    def to_json(self) -> dict[str, str]:
        return {"row": self.row, "what": self.what}


def check_log() -> list[Finding]:
    """Recompute leaves, numbers, tree and checkpoints from the entries; all that does not fit."""
    return [*_check_entries(), *_check_nodes(), *_check_checkpoints()]


def _check_entries() -> list[Finding]:
    findings = []
    expected = 0
    for row in Position.objects.select_related("entry").order_by("seq").iterator(CHUNK):
        if row.seq != expected:
            findings.append(Finding(f"position {expected}", "missing"))
            expected = row.seq
        expected += 1
        if leaf_data(bytes(row.entry.salt), row.entry.entry.encode()) != bytes(row.entry.leaf):
            findings.append(Finding(f"entry {row.entry_id}", "its text or salt is not what its leaf was made from"))
        node = Node.objects.filter(key=row.seq * LEVELS).first()
        if node is None or bytes(node.hash) != leaf_hash(bytes(row.entry.leaf)):
            findings.append(Finding(f"entry {row.entry_id}", f"its leaf is not the one in the tree at {row.seq}"))
    lost = Entry.objects.filter(position=None).exclude(id__in=Pending.objects.values("entry_id"))
    return [*findings, *(Finding(f"entry {row.id}", "has neither a number nor waits for one") for row in lost)]


def _check_nodes() -> list[Finding]:
    findings = []
    hashes = {key: bytes(found) for key, found in Node.objects.values_list("key", "hash").iterator(CHUNK)}
    for key, found in hashes.items():
        place, level = divmod(key, LEVELS)
        if level == 0:
            continue
        children = [hashes.get((2 * place + side) * LEVELS + level - 1) for side in (0, 1)]
        if None in children or node_hash(children[0] or b"", children[1] or b"") != found:
            findings.append(Finding(f"node {level}/{place}", "is not the hash of the two below it"))
    return findings


def _check_checkpoints() -> list[Finding]:
    size = count_numbered()
    findings = []
    for head in Checkpoint.objects.order_by("tree_size"):
        try:
            fits = head.tree_size <= size and get_root(head.tree_size) == bytes(head.root)
        except KeyError:  # a node below it is gone
            fits = False
        if not fits:
            findings.append(Finding(f"checkpoint {head.tree_size}", "the tree no longer has the root that was signed"))
    return findings
