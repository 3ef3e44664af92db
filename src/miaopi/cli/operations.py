"""The verbs of whoever runs an instance: serve, worker, migrate, doctor, supervise."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any, Final

import cyclopts

from miaopi.cli.printing import emit
from miaopi.config import environment
from miaopi.config.loading import set_up
from miaopi.config.logs import log_to_stderr
from miaopi.instance.locks import AlreadySupervised

SETTINGS: Final = "miaopi.config.settings"

serve_app = cyclopts.App(name="serve", help="只起网页服务 / The web server alone.")
worker_app = cyclopts.App(name="worker", help="只起后台 / The worker alone.")
migrate_app = cyclopts.App(name="migrate", help="升级数据库 / Bring the database to this version.")
doctor_app = cyclopts.App(name="doctor", help="体检 / What is missing or unsafe here.")
supervise_app = cyclopts.App(name="supervise", help="看管一个实例 / Own the processes of an instance.")


@serve_app.default
def serve(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve the pages from the database of `MIAOPI_DATABASE_URL`; this process becomes the web server."""
    from miaopi.instance.platform import web_command

    _need_database()
    command = web_command(host, port, workers)
    os.environ.update(PYTHONPATH=f"{environment.ROOT / 'src'}", DJANGO_SETTINGS_MODULE=SETTINGS)
    os.execv(command[0], command)  # noqa: S606 - the command is ours


@worker_app.default
def work() -> int:
    """Number, tell, sign, retry and deliver until stopped; the one process that reads the keys."""
    _need_database()
    os.environ.update(MIAOPI_PROCESS="worker", DJANGO_SETTINGS_MODULE=SETTINGS)
    set_up()
    from miaopi.instance.worker import Worker

    return Worker().run()


@migrate_app.default
def migrate(*, json: bool = False) -> None:
    """Run the migrations as the owner of the database (`MIAOPI_OWNER_URL`, else `MIAOPI_DATABASE_URL`)."""
    _need_database()
    os.environ["MIAOPI_DATABASE_URL"] = os.environ.get("MIAOPI_OWNER_URL") or os.environ["MIAOPI_DATABASE_URL"]
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    set_up()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = [str(step) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    call_command("migrate", verbosity=0, interactive=False)
    emit({"applied": plan}, json, lambda result: f"{len(plan)} 项 / applied")


@supervise_app.default
def supervise(*, port: int | None = None, hold: bool = False) -> int:
    """Own the instance of `MIAOPI_HOME`; without `--hold` until no verb has been there for a second."""
    from miaopi.instance import platform

    log_to_stderr(logging.INFO)
    try:
        return platform.supervise(port=port, hold=hold)
    except AlreadySupervised:
        return 0


@doctor_app.default
def doctor(*, json: bool = False) -> int:
    """Say what is missing or unsafe; exit 1 when something does not work, 0 when it only must not go before the public."""
    from miaopi.instance.examination import examine

    findings = examine()
    emit({"healthy": not findings, "findings": [finding.to_json() for finding in findings]}, json, _tell_findings)
    return 1 if any(finding.is_grave for finding in findings) else 0


def _tell_findings(result: Mapping[str, Any]) -> str:
    lines = [f"{found['name']}  {found['text']['zh']} / {found['text']['en']}" for found in result["findings"]]
    return "\n".join(lines) or "没有发现问题 / nothing found"


def _need_database() -> None:
    if not os.environ.get("MIAOPI_DATABASE_URL"):
        raise environment.wrong(
            "MIAOPI_DATABASE_URL", "必须给出数据库地址。", "it must hold the address of the database; demo finds its own."
        )


APPS: Final[Mapping[str, cyclopts.App]] = {
    "serve": serve_app,
    "worker": worker_app,
    "migrate": migrate_app,
    "doctor": doctor_app,
    "supervise": supervise_app,
}
