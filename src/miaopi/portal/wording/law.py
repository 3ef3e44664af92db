"""The law behind a statement, as every surface writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from miaopi.kernel.decision import Basis
from miaopi.kernel.wording import Text


def show_basis(basis: Iterable[Basis]) -> Text:
    """The law behind a statement; an article that nobody has read is said to be open."""
    zh, en = [], []
    for one in basis:
        is_open = one.article == "unverified"
        zh.append(f"{one.instrument}{'（条款待核）' if is_open else one.article}")
        en.append(f"{one.instrument} {'(article to be verified)' if is_open else one.article}")
    return Text(zh="；".join(zh), en="; ".join(en))


def show_basis_of(instrument: str, article: str) -> Text:
    return show_basis([Basis(instrument, article)])


def read_basis(written: Iterable[Mapping[str, str]]) -> Text:
    return show_basis(Basis(one["instrument"], one["article"]) for one in written)
