"""Search: first how the question was understood, then the services, and always a person to ask."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopi.apps.catalogue.api import Hit, Match, find_services, get_service, list_published
from miaopi.apps.identity.api import Right
from miaopi.definitions import ServicePackage
from miaopi.kernel.wording import Text
from miaopi.portal.gate import Visit, gate
from miaopi.portal.language import language_of

MOST_NAMES = 4
UNDERSTOOD: Final = {
    Match.PINYIN: Text(zh="“{asked}”按拼音理解为“{word}”。", en="We read “{asked}” as the pinyin of {word}."),
    Match.INITIALS: Text(zh="“{asked}”按拼音首字母理解为“{word}”。", en="We read “{asked}” as the pinyin initials of {word}."),
    Match.SOUND: Text(zh="没有“{asked}”，按读音理解为“{word}”。", en="Nothing is called “{asked}”; by its sound we read it as {word}."),
    Match.PART: Text(zh="按“{word}”来找。", en="We looked for {word}."),
    Match.SLIP: Text(zh="没有“{asked}”，您要找的也许是“{word}”。", en="Nothing is called “{asked}”; did you mean {word}?"),
}
GLYPHS: Final = {"administrative_benefit": "coin", "administrative_confirmation": "house", "public_service_type": "shield"}


def show_package(package: ServicePackage) -> dict[str, object]:
    """A service in a list: what it is called, in one line what it costs you, and its picture."""
    return {
        "slug": package.slug, "name": package.name, "description": package.description, "promised": package.promised,
        "typed": package.typed_median, "visits": package.visits, "fee": package.fee, "glyph": GLYPHS.get(package.item_type, "paper"),
        "is_instant": package.mode.value in ("instant", "both"),
    }  # fmt: skip


def show_name(name: str, word: str) -> list[dict[str, object]]:
    """A name in pieces, the word it was found by marked where it occurs."""
    before, found, after = name.partition(word) if word else (name, "", "")
    if not found:
        return [{"text": name, "marked": False}]
    return [{"text": text, "marked": marked} for text, marked in ((before, False), (found, True), (after, False)) if text]


@require_safe
@gate(Right.PUBLIC)
def show_search(visit: Visit) -> HttpResponse:
    found = find_services(visit.GET.get("q", ""), visit.now)
    language = language_of(visit)
    hits = []
    for hit in found.hits:
        package = get_service(hit.service.slug, hit.service.version)
        marked = hit.word if found.query and hit.match is not Match.WORD else found.query
        hits.append({**show_package(package), "pieces": show_name(package.name.in_language(language), marked)})
    others = [] if hits else [show_package(get_service(each.slug, each.version)) for each in list_published(visit.now)]
    page = {
        "query": found.query, "hits": hits, "others": others, "understood": understand(found.query, found.best),
        "questions": [] if found.best is None or not found.query else list_questions(found.best),
    }  # fmt: skip
    return render(visit, "portal/mine/search.html", page)


def understand(query: str, best: Hit | None) -> Text | None:
    """How the question was read, where that is not what it says; and what else the thing is called."""
    if best is None or not query:
        return None
    read = UNDERSTOOD.get(best.match)
    if read is not None:
        return Text(zh=read.zh.format(asked=query, word=best.word), en=read.en.format(asked=query, word=best.word))
    package = get_service(best.service.slug, best.service.version)
    names = [each for each in package.synonyms if each.casefold() != query.casefold()][:MOST_NAMES]
    if not names:
        return None
    return Text(zh=f"也叫{'、'.join(names)}。", en=f"Also called {', '.join(names)}.")


def list_questions(best: Hit) -> list[dict[str, object]]:
    package = get_service(best.service.slug, best.service.version)
    return [{"ask": ask, "answer": answer} for ask, answer in package.faq]
