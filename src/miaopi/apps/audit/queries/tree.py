"""The tree of the log, read from its complete subtrees: a root or a proof costs a logarithm of the size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from miaopi.apps.audit.models import Checkpoint, Node, Position
from miaopi.kernel.ledger import Span, consistency_spans, fold, inclusion_spans, span_nodes

LEVELS = 64


def compute_key(level: int, place: int) -> int:
    return place * LEVELS + level


def get_nodes(spans: Iterable[Span]) -> Mapping[tuple[int, int], bytes]:
    """The hashes of all complete subtrees under these spans, in one statement. Raises KeyError at use where one is missing."""
    wanted = {compute_key(level, place): (level, place) for span in spans for level, place in span_nodes(span)}
    return {wanted[key]: bytes(found) for key, found in Node.objects.filter(key__in=list(wanted)).values_list("key", "hash")}


def _hashes(spans: list[Span]) -> list[bytes]:
    nodes = get_nodes(spans)
    return [fold([nodes[node] for node in span_nodes(span)]) for span in spans]


def get_root(size: int) -> bytes:
    """The root of the first `size` leaves, all of which are numbered."""
    return _hashes([(0, size)])[0]


def get_inclusion(index: int, size: int) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree of `size`, bottom-up."""
    return _hashes(inclusion_spans(index, size))


def get_consistency(old_size: int, new_size: int) -> list[bytes]:
    """The proof that the tree of `new_size` only adds to the one of `old_size`."""
    return _hashes(consistency_spans(old_size, new_size))


def count_numbered() -> int:
    """How many leaves the tree has: positions are numbered from 0 without gaps."""
    last = Position.objects.order_by("-seq").values_list("seq", flat=True).first()
    return 0 if last is None else last + 1


def find_checkpoint(at_most: int | None = None) -> Checkpoint | None:
    """The latest signed head, or the latest of at most that size."""
    heads = Checkpoint.objects.order_by("-tree_size")
    return (heads if at_most is None else heads.filter(tree_size__lte=at_most)).first()


def find_covering_checkpoint(seq: int) -> Checkpoint | None:
    """The latest signed head, if it covers position `seq`."""
    head = find_checkpoint()
    return head if head is not None and head.tree_size > seq else None
