"""`ledger`: the log as anybody may check it. `audit`: the log as its keeper looks after it."""

from __future__ import annotations

import json as codec
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import cyclopts
from rich.table import Column, Table
from rich.text import Text as Plain

from miaopi.cli.journey import Person, signed_in
from miaopi.cli.printing import emit, show_moment, tell, unique
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.credential import find_flaw
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

app = cyclopts.App(name="ledger", help="账本 / The log: heads, proofs, who looked.")
audit_app = cyclopts.App(name="audit", help="账本维护 / Looking after the log.")

PATIENCE: Final = 5.0  # seconds until a fresh entry is numbered and signed; about one is usual


def _no_head_error() -> NotFound:
    return NotFound(Text(zh="账本还没有这个大小的签名检查点。", en="No signed checkpoint of that size is there."))


def _wrong_order_error() -> InputError:
    return InputError(
        "OLD",
        Text(zh="旧的大小不能超过新的。", en="the old size is larger than the new one."),
        Text(zh="请交换两个数。", en="Exchange the two."),
    )


def _not_decided_error() -> NotFound:
    return NotFound(Text(zh="没有这个编号，或还没有结果。", en="There is no such number, or it is not decided yet."))


def _no_proof_error() -> InputError:
    return InputError(
        "FILE",
        Text(zh="读不出一份证明。", en="this does not read as a proof."),
        Text(zh="请给 ledger prove 或 consistency 加 --json 的输出。", en="Give what ledger prove or consistency prints with --json."),
    )


@app.command
def checkpoint(*, json: bool = False) -> None:
    """The latest signed head of the log: a C2SP checkpoint."""
    with attach(report=tell):
        from miaopi.apps.audit.api import find_checkpoint

        head = find_checkpoint()
        if head is None:
            raise _no_head_error()
        emit(_head(head), json, lambda result: str(result["checkpoint"]))


@app.command
def prove(entry: str, *, json: bool = False) -> None:
    """The proof that ENTRY is in the log: the decision of an application number, or a position."""
    with attach(report=tell):
        emit(_prove_soon(entry), json, lambda proof: codec.dumps(proof, ensure_ascii=False, indent=2))


@app.command
def consistency(old: int, new: int | None = None, *, json: bool = False) -> None:
    """The proof that the signed tree of NEW leaves (the latest) only adds to the tree of OLD; `ledger verify` checks it."""
    if new is not None and old > new:
        raise _wrong_order_error()
    with attach(report=tell):
        from miaopi.apps.audit.api import find_checkpoint, get_consistency, get_root

        before, head = find_checkpoint(at_most=old), find_checkpoint(at_most=new)
        if head is None or not 0 < old <= head.tree_size or new not in (None, head.tree_size):
            raise _no_head_error()
        result = {
            **_head(head),
            "old_size": old,
            "old_root": get_root(old).hex(),
            "consistency": [each.hex() for each in get_consistency(old, head.tree_size)],
        }
        if before is not None and before.tree_size == old:
            result["old_checkpoint"] = before.note
        emit(result, json, lambda found: "\n".join([found["old_root"], *found["consistency"], found["root"]]))


@app.command
def verify(file: Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)], *, key: str | None = None, json: bool = False) -> int:
    """Check a proof, from FILE or `-`; needs no instance. Exit 1 if it does not hold.

    --key: the key of the log as you know it from elsewhere; without it the key in the proof is believed.
    """
    try:
        proof = codec.loads(
            sys.stdin.buffer.read().decode() if file == "-" else Path(file).read_text(encoding="utf-8"), object_pairs_hook=unique
        )
    except (OSError, ValueError, RecursionError):
        raise _no_proof_error() from None
    if not isinstance(proof, dict):
        raise _no_proof_error()
    flaw = find_flaw(proof, key)
    result = {"valid": flaw is None, "reason": flaw and flaw.to_json(), "key": "trusted" if key else "from the proof"}
    emit(result, json, lambda _: "有效 / valid" if flaw is None else f"无效 / invalid: {flaw.zh} {flaw.en}")
    return 0 if flaw is None else 1


@app.command
def accesses(
    *, as_: Person, before: int | None = None, most: int = 200,
    show: Annotated[
        Literal["all", "own", "staff", "duty", "refused", "released"],
        cyclopts.Parameter(help="looks she had a part in, by staff, on a duty; refused ones; those that were shown later"),
    ] = "all",
    json: bool = False,
) -> None:  # fmt: skip
    """Who looked at the data of a person, as she herself may see it: the latest first; and how many looks are shown later.

    --before SEQ: the page after the one that ended there. `ledger prove SEQ` gives the proof of one.
    """
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.audit.api import Among, count_deferred, list_accesses
        from miaopi.apps.identity.api import pseudonym

        now, subject = clock.now(), pseudonym(actor.id)
        seen = [entry.to_json() for entry in list_accesses(subject, now=now, among=Among(show), before=before, most=most)]
        later = count_deferred(subject, now=now)
        deferred = [{"before": month, "count": count} for month, count in later.months]
        emit({"accesses": seen, "deferred": deferred, "withheld": later.withheld}, json, _list_accesses)


@app.command(name="object")
def object_(look: int, *, words: str, as_: Person, json: bool = False) -> None:
    """Want the look at position LOOK explained by whoever looked, as its subject. `ledger objections` says what became of it."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import file_objection

        made = file_objection(look=look, words=words, by=actor, now=clock.now())
        emit(made.to_json(), json, lambda row: f"{row['id']}: {row['state_text']['zh']} / {row['state_text']['en']}, {row['due_at']}")


@app.command
def objections(*, as_: Person, json: bool = False) -> None:
    """One's own objections to looks, with their answers."""
    with attach(report=tell), signed_in(as_) as actor:
        from miaopi.apps.exchange.api import list_own_objections

        found: list[dict[str, Any]] = [each.to_json() for each in list_own_objections(actor)]
        rows = [
            {
                "id": row["id"], "look": row["look"], "state": row["state_text"]["zh"], "due": show_moment(row["due_at"]),
                "answer": row["answer"],
            }
            for row in found
        ]
        emit({"objections": found}, json, lambda _: _table(rows) if rows else "没有 / none")


@audit_app.command
def check(*, json: bool = False) -> int:
    """Recompute the whole log; names each row that was altered. Exit 1 if there is one."""
    with attach(report=tell):
        from miaopi.apps.audit.api import check_log, count_numbered, note_check, system

        size, found = count_numbered(), check_log()
        note_check(size=size, findings=found, by=system("cli.audit.check"), now=clock.now())
        findings = [finding.to_json() for finding in found]
        result = {"entries": size, "findings": findings}
        emit(result, json, lambda found: _table(found["findings"]) if findings else f"{found['entries']} 条，完好 / entries, sound")
    return 1 if findings else 0


@audit_app.command
def parked(*, json: bool = False) -> None:
    """What a reader of the log could not take in five tries."""
    with attach(report=tell):
        from miaopi.apps.audit.api import list_parked

        listed = [
            {
                "handler": failure.handler, "seq": failure.seq, "attempts": failure.attempts, "reason": failure.reason,
                "parked_at": failure.parked_at,
            }
            for failure in list_parked()
        ]  # fmt: skip
        emit({"parked": listed}, json, lambda found: _table(found["parked"]) if listed else "没有 / none")


@audit_app.command
def replay(handler: str, seq: int, *, json: bool = False) -> int:
    """Run a parked event again, once what stopped it is mended; with the keys of the worker. Exit 1 if it fails again."""
    with attach(report=tell, as_worker=True):
        from miaopi.apps.audit.api import replay as replay_event

        is_through = replay_event(handler=handler, seq=seq, now=clock.now())
        emit({"handled": is_through}, json, lambda found: "已处理 / handled" if is_through else "仍失败 / failed again")
    return 0 if is_through else 1


def _prove_soon(entry: str) -> dict[str, Any]:
    """The proof, as soon as number and checkpoint are there."""
    from miaopi.apps.audit.api import find_entry
    from miaopi.apps.audit.api import prove as prove_entry

    until = time.monotonic() + PATIENCE
    while True:
        try:
            seq = _position_of(entry, find_entry)
            return dict(prove_entry(seq, now=clock.now()).to_json())
        except NotFound:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _position_of(entry: str, find_entry: Any) -> int:
    """A position as it is, or that of the decision of a case."""
    if entry.isascii() and entry.isdigit():
        return int(entry)
    decided = find_entry(kind="approval.Decided", number=entry, latest=True)
    if decided is None or decided.seq is None:
        raise _not_decided_error()
    return int(decided.seq)


def _head(head: Any) -> dict[str, Any]:
    return {
        "checkpoint": head.note, "tree_size": head.tree_size, "root": bytes(head.root).hex(), "key": head.key, "at": head.at,
    }  # fmt: skip


def _list_accesses(result: Mapping[str, Any]) -> Table | str:
    rows = [
        {
            "seq": each["seq"], "at": show_moment(each["at"]), "who": each["body"].get("agency") or each["actor"]["id"],
            "what": f"{each['body'].get('resource', each['kind'])}: {', '.join(each['body'].get('fields', ()))}",
            "for": each["body"].get("application") or each["body"].get("service") or "",
        }
        for each in result["accesses"]
    ]  # fmt: skip
    later = sum(each["count"] for each in result["deferred"]) + result["withheld"]
    if later:
        tell(f"另有{later}次依法暂不显示 / {later} more are not shown yet, by law")
    return _table(rows) if rows else "没有人看过 / nobody looked"


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(*(Column(head, overflow="fold") for head in rows[0]))
    for row in rows:
        table.add_row(*(Plain(str(value)) for value in row.values()))
    return table
