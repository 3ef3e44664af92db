"""`ledger` and `audit`: signed heads, proofs and who looked at what; whether the log still says what was signed."""

from __future__ import annotations

import json as codec
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import cyclopts
from rich.table import Table

from miaopi.cli.printing import emit
from miaopi.config import clock
from miaopi.instance import attach
from miaopi.kernel.credential import MALFORMED, find_flaw
from miaopi.kernel.errors import InputError, NotFound
from miaopi.kernel.wording import Text

app = cyclopts.App(name="ledger", help="账本 / The log: signed heads, proofs, who looked at what.")
audit_app = cyclopts.App(name="audit", help="审计 / Whether the log still says what was signed; what was set aside.")

NO_HEAD: Final = Text(zh="还没有签名的检查点。", en="No checkpoint is signed yet.")
NO_ENTRY: Final = Text(zh="这件办件在账本里没有决定。", en="The log has no decision of this application.")
NO_PERSON: Final = Text(zh="没有这个人的账本记录。", en="The log knows nobody by this name.")
NOTHING_PARKED: Final = Text(zh="没有这样的搁置事件。", en="No such event is parked.")
NO_PROOF: Final = InputError(
    "file",
    Text(zh="读不出 JSON 凭据。", en="it holds no proof in JSON."),
    Text(zh="请给出凭据文件。", en="Name the file of a proof."),
)
DECIDED: Final = "approval.Decided"


@app.command
def checkpoint(*, json: bool = False) -> None:
    """The latest signed head of the log, and the key that verifies it."""
    with attach():
        from miaopi.apps.audit.api import find_checkpoint

        head = find_checkpoint()
        if head is None:
            raise NotFound(NO_HEAD)
        result = {"tree_size": head.tree_size, "root": bytes(head.root).hex(), "checkpoint": head.note, "key": head.key, "at": head.at}
    emit(result, json, lambda result: f"{result['checkpoint']}\n{result['key']}")


@app.command
def prove(place: str, *, json: bool = False) -> None:
    """The proof (DESIGN.md §7.4) of an entry: by its place in the log, or of the decision of an application by its number."""
    with attach():
        from miaopi.apps.audit.api import find_entry, prove

        if place.isascii() and place.isdigit():
            seq = int(place)
        else:
            entry = find_entry(kind=DECIDED, number=place, latest=True)
            if entry is None or entry.seq is None:
                raise NotFound(NO_ENTRY)
            seq = entry.seq
        result = prove(seq).to_json()
    emit(result, json, lambda result: codec.dumps(result, ensure_ascii=False, indent=2))


@app.command
def consistency(old_size: int, new_size: int | None = None, *, json: bool = False) -> None:
    """That the log of NEW_SIZE (the latest signed head if left out) only adds to that of OLD_SIZE."""
    with attach():
        from miaopi.apps.audit.api import count_numbered, find_checkpoint, get_consistency, get_root

        head = find_checkpoint()
        size = new_size if new_size is not None else head.tree_size if head else 0
        if not 0 < old_size <= size <= count_numbered():
            raise InputError(
                "old_size",
                Text(zh="两个大小必须在账本之内，且先小后大。", en="both sizes must lie in the log, the smaller one first."),
                Text(zh="用 ledger checkpoint 查看账本大小。", en="`ledger checkpoint` says how large the log is."),
            )
        result = {
            "old_size": old_size, "old_root": get_root(old_size).hex(), "tree_size": size, "root": get_root(size).hex(),
            "consistency": [each.hex() for each in get_consistency(old_size, size)],
        }  # fmt: skip
    emit(result, json, lambda result: codec.dumps(result, indent=2))


@app.command
def verify(file: str = "-", *, key: str | None = None, json: bool = False) -> int:
    """Check a proof from FILE (`-`: standard input), without an instance; exit 1 when it is not valid.

    --key: the verifier key (`name+hash+key`) you trust; without it the key in the proof is taken at its word.
    """
    try:
        proof = codec.loads(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NO_PROOF from error
    flaw = find_flaw(proof, key) if isinstance(proof, dict) else MALFORMED
    result = {"valid": flaw is None, "reason": flaw and flaw.to_json()}
    emit(result, json, lambda result: "有效 / valid" if flaw is None else f"无效 / invalid: {flaw.zh} / {flaw.en}")
    return 0 if flaw is None else 1


@app.command
def accesses(person: str, *, json: bool = False) -> None:
    """Who looked at the data of PERSON, the latest first, each with its proof.

    PERSON is a pseudonym of the log, or somebody who can sign in here: a persona code, the serial of a demo resident, a
    sign-in code. She signs in for it: reads by the subject herself are not entries.
    """
    with attach():
        from miaopi.apps.audit.api import list_accesses

        subject = _find_subject(person)
        listed = [{**access.to_json(), "proof": _find_proof(access.seq)} for access in list_accesses(subject)]
    emit({"subject": subject, "accesses": listed}, json, _show_accesses)


def _find_subject(person: str) -> str:
    """The pseudonym of a person. Raises NotFound, and whatever the identity authority says of a code."""
    from miaopi.apps.audit.api import system
    from miaopi.apps.identity.api import find_party_by_pseudonym, pseudonym, sign_in, sign_out

    if re.fullmatch("[0-9a-f]{64}", person):
        if find_party_by_pseudonym(person) is None:
            raise NotFound(NO_PERSON)
        return person
    opened = sign_in(code=person, by=system("cli.ledger"), now=clock.now())
    sign_out(token=opened.token, by=opened.session.actor, now=clock.now())
    return pseudonym(opened.party.id)


def _find_proof(seq: int | None) -> dict[str, object] | None:
    from miaopi.apps.audit.api import prove

    try:
        return None if seq is None else prove(seq).to_json()
    except NotFound:  # no checkpoint covers it yet: a second later one does
        return None


def _show_accesses(result: Mapping[str, Any]) -> Table:
    table = Table("时间 / at", "谁 / who", "什么 / what", "为什么 / why", "位置 / place")
    for access in result["accesses"]:
        body, actor = access["body"], access["actor"]
        what = f"{body.get('resource', '')} {', '.join(body.get('fields') or [])}".strip()
        why = f"{body.get('service', '')} {body.get('application', '')}".strip()
        table.add_row(access["at"], f"{actor['kind']} {actor['id']}", what or access["kind"], why, str(access["seq"]))
    return table


@audit_app.command
def check(*, json: bool = False) -> int:
    """Recompute the whole log from its entries and name each row that was altered; exit 1 when one was."""
    with attach():
        from miaopi.apps.audit.api import check_log, count_numbered

        findings, size = check_log(), count_numbered()
    result = {"entries": size, "findings": [finding.to_json() for finding in findings]}
    lines = [f"{finding.row}: {finding.what}" for finding in findings]
    emit(result, json, lambda result: "\n".join(lines) or f"{size} 条，完好 / {size} entries, nothing altered")
    return 1 if findings else 0


@audit_app.command
def parked(*, json: bool = False) -> None:
    """The events that no handler could take in five tries."""
    with attach():
        from miaopi.apps.audit.api import list_parked

        listed = [
            {"handler": each.handler, "seq": each.seq, "attempts": each.attempts, "reason": each.reason, "parked_at": each.parked_at}
            for each in list_parked()
        ]
    lines = [f"{each['handler']} {each['seq']}: {each['reason']}" for each in listed]
    emit({"parked": listed}, json, lambda result: "\n".join(lines) or "没有搁置的事件 / nothing is parked")


@audit_app.command(name="replay")
def replay_parked(handler: str | None = None, seq: int | None = None, *, json: bool = False) -> int:
    """Run parked events again: all, those of HANDLER, or the one at SEQ; exit 1 when one of them failed again."""
    with attach():
        from miaopi.apps.audit.api import list_parked, replay

        chosen = [each for each in list_parked() if handler in (None, each.handler) and seq in (None, each.seq)]
        if not chosen and handler is not None:
            raise NotFound(NOTHING_PARKED)
        outcomes = [
            {"handler": each.handler, "seq": each.seq, "done": replay(handler=each.handler, seq=each.seq, now=clock.now())}
            for each in chosen
        ]
    lines = [f"{each['handler']} {each['seq']}: {'完成 / done' if each['done'] else '又失败 / failed again'}" for each in outcomes]
    emit({"replayed": outcomes}, json, lambda result: "\n".join(lines) or "没有搁置的事件 / nothing is parked")
    return 0 if all(each["done"] for each in outcomes) else 1
