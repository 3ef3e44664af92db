"""How every verb answers: one JSON document, or words for people; and the one place where errors become exit codes."""

from __future__ import annotations

import json as codec
import logging
import re
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import cyclopts
from rich.console import Console, RenderableType
from rich.table import Column
from rich.text import Text as Plain

from miaopi.cli.mistakes import explain
from miaopi.config.environment import home_folder
from miaopi.config.loading import loading
from miaopi.config.logs import log_to_file, log_to_stderr
from miaopi.kernel.calendar import LEGAL_ZONE
from miaopi.kernel.errors import DefinitionError, InputError, MiaopiError, UpstreamError

log = logging.getLogger("miaopi.cli")
HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")


def emit(result: Mapping[str, Any], json: bool, render: Callable[[Mapping[str, Any]], RenderableType]) -> None:
    """Print `result` as the only document on standard output, or what `render` (text or a table) makes of it for a person.

    A text is printed as it stands: square brackets in it are no marks, for rules, names and paths have them too.
    """
    if json:
        print(to_json(result))  # noqa: T201 - standard output is the surface
    else:
        shown = render(result)
        Console(soft_wrap=True, highlight=False).print(Plain(shown) if isinstance(shown, str) else shown)


def tell(text: str) -> None:
    """Progress, for whoever watches: standard error."""
    Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False).print(text)


def whole(heading: str) -> Column:
    """A column whose values are typed again in the next command: on a narrow terminal the others give way."""
    return Column(heading, no_wrap=True)


def show_moment(written: str | None) -> str:
    """A moment of a result, to the minute of legal time; nothing for none."""
    return "" if written is None else f"{datetime.fromisoformat(written).astimezone(LEGAL_ZONE):%Y-%m-%d %H:%M}"


def to_json(result: Mapping[str, Any]) -> str:
    """One JSON document. Half a character, as an argument that is not UTF-8 brings it, is escaped: no encoding has it."""
    written = codec.dumps(result, ensure_ascii=False, indent=2, default=_plain)
    return HALF_CHARACTER.sub(lambda half: f"\\u{ord(half[0]):04x}", written)


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """For `json.loads`: ValueError where a name stands twice, and the later value would win in silence."""
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a name stands twice")
    return held


def run(find: Callable[[], cyclopts.App], arguments: Sequence[str]) -> int:
    """Run a verb; returns the exit code of DESIGN §6. Nothing but a text and an id ever reaches a person."""
    json = "--json" in arguments
    keep_log()
    try:
        with loading():
            app = find()
        app.version_flags = ()  # one version for all verbs, which none of them tells
        outcome = app(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except MiaopiError as error:
        return report(error, json)
    except cyclopts.CycloptsError as error:
        return report(explain(error), json)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # ours: the id leads from what the person quotes to the log
        reference = secrets.token_hex(4)
        log.error("unexpected %s", reference, exc_info=error)
        text = {"zh": f"我们这边出了错，编号 {reference}", "en": f"something broke on our side, reference {reference}"}
        return _report({"kind": "unexpected", "id": reference, "text": text}, 1, json)
    return outcome if isinstance(outcome, int) else 0


def keep_log() -> None:
    """What goes wrong is written to the home, where there is one, else to standard error; never a value, never a frame."""
    folder = home_folder() / "log"
    if folder.is_dir():
        log_to_file(folder / "verbs.log")
    else:
        log_to_stderr(logging.WARNING)


def describe(error: MiaopiError) -> dict[str, object]:
    """`{kind, code, field, rule, remedy, text}`, as far as the error has them."""
    described: dict[str, object] = {"kind": type(error).__name__, "text": {"zh": error.text.zh, "en": error.text.en}}
    if isinstance(code := getattr(error, "code", None), str):  # of a refused pull: its room is not loaded for verbs without a database
        described["code"] = str(code)
    match error:
        case InputError():
            described |= {
                "field": error.field,
                "rule": {"zh": error.rule.zh, "en": error.rule.en},
                "remedy": {"zh": error.remedy.zh, "en": error.remedy.en},
            }
        case DefinitionError():
            described |= {"where": error.where}
        case UpstreamError():
            described |= {"source": error.source}
    return described


def report(error: MiaopiError, json: bool) -> int:
    """Say what somebody must mend; the exit code that goes with it."""
    return _report(describe(error), error.exit_code, json)


def _report(described: dict[str, object], code: int, json: bool) -> int:
    if json:
        print(to_json({"error": described}))  # noqa: T201 - standard output is the surface
    else:
        text = described["text"]
        said = [*text.values()] if isinstance(text, dict) else [str(text)]
        tell("\n".join([*said, *([str(described["code"])] if "code" in described else [])]))
    return code


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case tuple() | set() | frozenset():
            return list(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
