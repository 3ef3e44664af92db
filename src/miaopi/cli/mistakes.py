"""What was mistyped on the command line, said in both languages with the way on; the reader of arguments speaks English alone."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from cyclopts import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownOptionError,
)
from cyclopts.exceptions import UnknownCommandError, UnusedCliTokensError

from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text

HOW_IT_IS_WRITTEN: Final = Text(zh="加 --help 查看用法。", en="--help tells how it is written.")
AS_WRITTEN: Final = {
    "date": Text(zh="写法如 2027-06-30。", en="Write it like 2027-06-30."),
    "datetime": Text(zh="写法如 2027-06-30，或 2027-06-30T09:00。", en="Write it like 2027-06-30, or 2027-06-30T09:00."),
}


def explain(error: CycloptsError) -> InputError:
    """The argument, what is wrong with it, and what to do."""
    name = _argument_of(error)
    match error:
        case MissingArgumentError():
            rule = Text(zh=f"缺少 {name}。", en=f"{name} is missing.")
        case CoercionError():
            given = f"“{error.token.value}”" if error.token else ""
            kind = getattr(error.target_type, "__name__", "")
            rule = Text(zh=f"{name} 的值{given}读不出来（需要 {kind}）。", en=f"the value {given} of {name} cannot be read as {kind}.")
            return InputError("arguments", rule, AS_WRITTEN.get(kind, HOW_IT_IS_WRITTEN))
        case RepeatArgumentError():
            rule = Text(zh=f"{name} 写了两次。", en=f"{name} stands twice.")
        case UnknownOptionError():
            name = error.token.keyword or error.token.value
            known = [each for argument in error.argument_collection or () for each in argument.names]
            return InputError("arguments", Text(zh=f"没有选项 {name}。", en=f"there is no option {name}."), suggest(name, known))
        case UnusedCliTokensError():
            name = (error.unused_tokens or ["?"])[0]
            rule = Text(zh=f"多出一个词“{name}”。", en=f"the word {name!r} is one too many.")
        case UnknownCommandError():
            name = (error.unused_tokens or ["?"])[0]
            return explain_verb(name, [each for each in error.app or () if not each.startswith("-")])
        case _:
            said = str(error).strip()
            rule = Text(zh=f"命令行参数有误（{said}）。", en=said if said.endswith(".") else f"{said}.")
    return InputError("arguments", rule, HOW_IT_IS_WRITTEN)


def explain_verb(word: str, known: Iterable[str]) -> InputError:
    """The first word of the line names nothing."""
    return InputError("arguments", Text(zh=f"没有动词“{word}”。", en=f"there is no verb {word!r}."), suggest(word, known))


def suggest(word: str, known: Iterable[str]) -> Text:
    """The nearest of what is known, or all of it."""
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1)
    if near:
        return Text(zh=f"您是不是要 {near[0]}？", en=f"Did you mean {near[0]}?")
    if words:
        return Text(zh=f"可用的有：{'、'.join(words)}。", en=f"There are: {', '.join(words)}.")
    return HOW_IT_IS_WRITTEN


def _argument_of(error: CycloptsError) -> str:
    argument = error.argument
    if argument is None or not argument.names:
        return "?"
    name = argument.names[0]
    return name if argument.index is None else name.removeprefix("--").upper()
