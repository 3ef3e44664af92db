"""Exceptions, sorted by who can mend them (DESIGN.md §6). A refusal is not among them: it is a value."""

from __future__ import annotations

from typing import ClassVar

from miaopi.kernel.wording import Text


class MiaopiError(Exception):
    """Something that somebody outside the code must mend. `text` is what that person reads."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class InputError(MiaopiError):
    """The caller's: names the field, the rule that it breaks and the remedy. Never holds the value itself."""

    status = 422
    exit_code = 2

    def __init__(self, field: str, rule: Text, remedy: Text) -> None:
        super().__init__(Text(zh=f"{rule.zh}{remedy.zh}", en=f"{field}: {rule.en} {remedy.en}"))
        self.field = field
        self.rule = rule
        self.remedy = remedy


class RightsError(MiaopiError):
    """The owner's of a right: the actor may not do this."""

    status = 403
    exit_code = 3


class DefinitionError(MiaopiError):
    """An author's of a service or rule; `where` is `file:line`."""

    status = 409
    exit_code = 4

    def __init__(self, where: str, message: str) -> None:
        super().__init__(Text(zh=f"{where}: {message}", en=f"{where}: {message}"))
        self.where = where
        self.message = message


class BudgetError(DefinitionError):
    """An author's, too: a text longer or deeper than any is read, whatever it says."""


class UpstreamError(MiaopiError):
    """Another system's, and nothing could be filed."""

    status = 503
    exit_code = 5

    def __init__(self, source: str, text: Text) -> None:
        super().__init__(text)
        self.source = source


class NotFound(MiaopiError):
    """The caller's: there is no such thing, or none that the caller may know of."""

    status = 404
    exit_code = 6
