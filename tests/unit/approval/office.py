"""An office with officers, for the tests of cases that come to persons. All persons are made up."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

from django.db import connection
from django.test import override_settings

from miaopi.apps.application.api import Application
from miaopi.apps.audit.api import Actor
from miaopi.apps.identity.api import Role, add_staff
from miaopi.definitions import load_service
from miaopi.kernel.decision import Basis
from miaopi.kernel.errors import MiaopiError
from miaopi.kernel.wording import Text
from tests.unit.filing.scene import KEEPER, NOW, ROOT, SERVICE, Scene

QUEUE = "public-security"
REASON = Text(zh="经核实，记录属于同名他人。", en="Checked: the record is another person's of the same name.")
BASIS = Basis("公安机关办理犯罪记录查询工作规定", "第十条")
HOUR = timedelta(hours=1)


def officer(
    staff_id: str = "officer1", *, queues: Sequence[str] = (QUEUE,), id_number: str | None = None, role: Role = Role.OFFICER
) -> Actor:
    name = Text(zh=f"演示{staff_id}", en=f"Demo {staff_id}")
    return add_staff(
        staff_id=staff_id, name=name, role=role, office="演示组", queues=queues, id_number=id_number, by=KEEPER, now=NOW
    ).actor


def referred(scene: Scene, *, now: datetime = NOW, by: Actor | None = None) -> Application:
    """A case that the rules referred: the source found a record and nobody knows whether it is hers."""
    scene.change("criminal", "criminal_record", condition_met="uncertain")
    case = scene.draft(now=now, by=by)
    scene.confirm(case, now=now, by=by)
    assert scene.result(case, by=by).state == "referred"
    return case


def shanghai(day: str, hour: int = 18) -> datetime:
    return datetime.fromisoformat(f"{date.fromisoformat(day)}T{hour:02d}:00:00+08:00")


@contextmanager
def scene_with(folder: Path, **blocks: str) -> Iterator[Scene]:
    """A scene whose service has more in its files, by name of the file.

    What begins with the name of a list goes into it; a block that is there already gives way to the one given.
    """
    built, copy = Scene(folder), folder / "services" / SERVICE
    shutil.copytree(ROOT / "services" / SERVICE, copy)
    for name, block in blocks.items():
        path = copy / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        for part in block.split("\n---\n"):
            head = part.strip().split("\n", 1)[0]
            if not head.endswith(":"):
                text = re.sub(rf"(?m)^{head.partition(':')[0]}:.*\n(?:[ ]+.*\n)*", "", text)
            is_list = f"\n{head}\n" in text
            text = text.replace(f"\n{head}\n", f"\n{part.strip()}\n", 1) if is_list else f"{text}\n{part}"
        path.write_text(text, encoding="utf-8")
    built.in_force = load_service(copy)
    with override_settings(**built.settings):
        built.open()
        yield built


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each gave: its value, or the error that its caller is told. Anything else fails the test."""
    start, given = Barrier(len(works)), dict[int, object]()

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            given[place] = work()
        except MiaopiError as error:
            given[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [given[place] for place in range(len(works))]
