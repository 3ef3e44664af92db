"""`python -m demo_city VERB …`: what `./miaopi demo` and `./miaopi city` run once the environment stands."""

from __future__ import annotations

import gc
import sys

import cyclopts

from miaopi.cli.printing import run, tell

USAGE = """用法 / usage: ./miaopi VERB … [--json]
  demo         the whole house and one real application
  city         generate, agency, clock
  supervise    own the processes of an instance"""


def main(words: list[str]) -> int:
    """Returns the exit code."""
    if not words or words[0] not in {"demo", "city", "supervise"}:
        tell(USAGE)
        return 0 if words and words[0] in {"-h", "--help", "help"} else 2
    gc.disable()  # what is loaded and drawn stays, and to look for circles in it takes a sixth of the time; `supervise` enables it again
    return run(lambda: _find_app(words[0]), words[1:])


def _find_app(verb: str) -> cyclopts.App:
    """The app of `verb`; imports stand inside so that `city clock` loads no server."""
    match verb:
        case "demo":
            from demo_city.run import demo_app as app
        case "supervise":
            from demo_city.run import supervise_app as app
        case _:
            from demo_city.verbs import city_app as app
    return app


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
