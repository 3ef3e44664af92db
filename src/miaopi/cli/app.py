"""From the first word of the command line to the module that knows it; the others are not loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import cyclopts

from miaopi.cli.mistakes import explain_verb
from miaopi.cli.printing import report, run, tell

VERBS: Final = {
    "service": "事项：list、show、check、try、publish / services: list, show, check, try, publish",
    "decide": "按一份事实作一次决定，不用数据库 / one decision from a file of facts, no database",
    "dmn": "DMN 模型：eval、export / DMN models: one decision, and a service as a model",
    "apply": "一件事从头办到尾 / the whole journey of an application",
    "application": "一个办件：show、withdraw、review / show, withdraw, review one application",
    "case": "人工办件：list、take、approve 等 / an officer at work: list, show, take, supplement, approve, refuse, confirm and others",
    "appointment": "预约：offer、book、move、cancel、show / when to come: offer, book, move, cancel, show",
    "visit": "窗口：list、show、tick、complete / a clerk at the counter: list, show, tick, complete",
    "licence": "证照：show、list、verify、trust-bundle / what was issued, and whether it is genuine",
    "treasury": "每月发放：run、show、check / the payments of a month: run, show, check",
    "exchange": "部门、资源、授权 / agencies, resources, grants",
    "gateway": "部门网关：serve、keys、log / what an agency runs beside its database: serve, keys, log",
    "catalogue": "资源目录：import、export、diff / the table of resources: import, export, diff",
    "ledger": "日志：checkpoint、prove、consistency、verify、accesses / the log, and proofs of it",
    "audit": "日志自查：check、parked、replay / check, parked, replay",
    "staff": "工作人员：list、add、remove / staff accounts: list, add, remove",
    "token": "接口令牌：issue、revoke / keys for programs: issue, revoke",
    "bench": "测速，与同场对手比 / a benchmark beside its ceiling",
    "serve": "只起网页服务 / the web server alone",
    "worker": "只起后台工作 / the worker alone",
    "migrate": "把数据库升到本版本 / bring the database to this version",
    "doctor": "这里缺什么、哪里不安全 / what is missing or unsafe here",
    "supervise": "看管一个实例的各个进程 / own the processes of an instance",
}

OF_THE_LAUNCHER: Final = {
    "demo": "本机上的一座城市和它的门户 / a whole city on this machine, and its portal",
    "city": "演示城市：generate、agency、clock / the demo city: generate, agency, clock",
    "check": "提交前的检查 / linters, contracts, types and the house: before a commit",
    "test": "检查和全部测试，或 pytest 所点名的 / check and all tests, or pytest on what is named",
    "prove": "长证明 / the long proofs",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code. The verbs of the launcher run beside the product and are only named here."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    every = {**OF_THE_LAUNCHER, **VERBS}
    if not words or words[0] in {"-h", "--help", "help"}:
        tell("\n".join(["用法 / usage: ./miaopi VERB … [--json]", *(f"  {verb:<12} {does}" for verb, does in every.items())]))
        return 0 if words else 2
    if words[0] not in VERBS:
        return report(explain_verb(words[0], every), json="--json" in words)
    return run(lambda: find_app(words[0]), words[1:])


def find_app(verb: str) -> cyclopts.App:
    """The app of `verb`; imports stand inside so that `decide` loads no Django."""
    match verb:
        case "service":
            from miaopi.cli.services import app
        case "decide":
            from miaopi.cli.decide import app
        case "dmn":
            from miaopi.cli.dmn import app
        case "apply":
            from miaopi.cli.journey import apply_app as app
        case "application":
            from miaopi.cli.journey import application_app as app
        case "case":
            from miaopi.cli.case import app
        case "appointment":
            from miaopi.cli.visit import appointment_app as app
        case "visit":
            from miaopi.cli.visit import app
        case "licence":
            from miaopi.cli.licence import app
        case "exchange":
            from miaopi.cli.exchange import app
        case "gateway":
            from miaopi.cli.gateway import app
        case "catalogue":
            from miaopi.cli.catalogue import app
        case "treasury":
            from miaopi.cli.treasury import app
        case "ledger":
            from miaopi.cli.ledger import app
        case "audit":
            from miaopi.cli.ledger import audit_app as app
        case "staff":
            from miaopi.cli.staff import app
        case "token":
            from miaopi.cli.staff import token_app as app
        case "bench":
            from miaopi.cli.bench import app
        case _:
            from miaopi.cli import operations

            return operations.APPS[verb]
    return app
