"""The log as anybody can check it (DESIGN.md §7.4): checkpoints, proofs, and that a later tree only adds to an earlier."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.application.api import get_application
from miaopi.apps.audit.api import find_checkpoint, find_entry, get_consistency, get_root, prove
from miaopi.apps.identity.api import Right, pseudonym
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text
from miaopi.rest.gate import gate, open_gate, who
from miaopi.rest.schemas import Answer

router = Router(tags=["ledger"])
NO_CHECKPOINT = Text(zh="还没有签名的检查点。", en="There is no signed checkpoint yet.")
INTERNAL = ("approval.DecisionProposed", "approval.DecisionReturned")  # between two officers: nothing is decided until both agree
NO_ENTRY = Text(zh="这个办件还没有这样的条目。", en="The application has no such entry yet.")


class Checkpoint(Answer):
    """A signed head of the tree (C2SP tlog-checkpoint)."""

    tree_size: int
    root: str = Field(description="hex")
    checkpoint: str = Field(description="the signed note, as text")
    key: str = Field(description="the verifier key of the note")


class Proof(Answer):
    """That an entry is in the log, and that its tree only adds to an earlier one (RFC 9162 §2.1)."""

    leaf: str = Field(description="base64: SHA-256 of salt and entry")
    entry: str = Field(description="canonical JSON (RFC 8785), without personal data")
    salt: str = Field(description="base64")
    leaf_index: int
    tree_size: int
    root: str
    inclusion: list[str] = Field(description="hex, bottom-up")
    old_size: int
    old_root: str
    consistency: list[str]
    checkpoint: str
    key: str


class Consistency(Answer):
    """That the tree of `tree_size` only adds to the one of `old_size`."""

    old_size: int
    old_root: str
    tree_size: int
    root: str
    consistency: list[str]


@router.get("/checkpoint", response=Checkpoint, auth=open_gate(Right.VERIFY_PROOF), summary="Latest signed head", operation_id="checkpoint")
def show_checkpoint(request: HttpRequest) -> Checkpoint:
    """The latest signed head of the log. Keep it: later trees must be shown to contain it."""
    head = find_checkpoint()
    if head is None:
        raise NotFound(NO_CHECKPOINT)
    return Checkpoint(tree_size=head.tree_size, root=bytes(head.root).hex(), checkpoint=head.note, key=head.key)


@router.get(
    "/proof", response=Proof, auth=gate(Right.READ_OWN_APPLICATION), summary="Proof of one's own decision", operation_id="prove_decision"
)
def show_proof(
    request: HttpRequest,
    number: str,
    kind: str = Query("approval.Decided", description="what happened; the latest entry of that kind"),
) -> Proof:
    """The proof of an entry of one's own application: entry and salt are shown to whom they concern, and to nobody else."""
    by, now = who(request)
    application = get_application(number=number, reader=by)
    subject = pseudonym(application.applicant)
    entry = None if kind in INTERNAL else find_entry(kind=kind, number=application.number, latest=True, subject=subject)
    if entry is None or entry.seq is None:
        raise NotFound(NO_ENTRY)
    return Proof.model_validate(prove(entry.seq, now=now).to_json())


@router.get(
    "/consistency", response=Consistency, auth=open_gate(Right.VERIFY_PROOF), summary="Proof that a tree only grew",
    operation_id="prove_consistency",
)  # fmt: skip
def show_consistency(
    request: HttpRequest,
    old: int = Query(..., ge=1, lt=2**62, description="size of the earlier tree"),
    new: int | None = Query(None, ge=1, lt=2**62, description="size of the later one; the latest signed head without it"),
) -> Consistency:
    """That the tree of `new` leaves only adds to the one of `old`: keep a checkpoint, and check with it every later one."""
    head = find_checkpoint()
    if head is None:
        raise NotFound(NO_CHECKPOINT)
    size = new or head.tree_size
    if not old <= size <= head.tree_size:
        raise InputError("old", Text(zh="旧树不能大于新树，新树不能大于已签名的检查点。",
                                     en="the old tree is no larger than the new one, and that one no larger than the signed head."),
                         Text(zh="请用检查点里的大小。", en="Use sizes of checkpoints."))
    return Consistency(
        old_size=old, old_root=get_root(old).hex(), tree_size=size, root=get_root(size).hex(),
        consistency=[each.hex() for each in get_consistency(old, size)],
    )  # fmt: skip
