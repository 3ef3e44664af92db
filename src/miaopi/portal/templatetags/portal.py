"""Tags of the portal: both languages stand side by side where they are said."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from miaopi.kernel.wording import Text, mask, write
from miaopi.portal.language import Language, in_language, show_moment

register = template.Library()

ICONS = {
    "yes": '<path d="m5 12.500 4.500 4.500L19 7.500"/>',
    "no": '<path d="m7 7 10 10M17 7 7 17"/>',
    "unknown": (
        '<path d="M9 9.200c.2-1.700 1.400-2.700 3-2.700 1.800 0 3 1 3 2.600 0 2.400-3 2.300-3 4.700M12 1'
        '7.300v.2"/>'
    ),
    "clock": '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5.300l3.500 2"/>',
    "pen": '<path d="m14.500 5.500 4 4L8 20H4v-4z"/>',
    "person": (
        '<circle cx="9.500" cy="8" r="3.500"/><path d="M3 19.500c.6-3.600 3-5.500 6.500-5.500 1.500 0 2.'
        '800.4 3.900 1.100M15 18l2 2 4-4.200"/>'
    ),
    "turn": '<path d="M4 8.500h14l-3.500-3.500M20 15.500H6l3.500 3.500"/>',
    "queue": '<path d="M8 6.500h12M8 12h12M8 17.500h12M4 6.500h.2M4 12h.2M4 17.500h.2"/>',
    "me": (
        '<circle cx="12" cy="8.500" r="3.700"/><path d="M4.800 20c.8-3.800 3.600-5.700 7.200-5.700s6.400'
        ' 1.900 7.200 5.700"/>'
    ),
    "back": '<path d="m14.500 6-6 6 6 6"/>',
    "on": '<path d="m9.500 6 6 6-6 6"/>',
    "paper": '<path d="M6 3.500h8l4 4v13H6zM14 3.500v4h4M9 12h6M9 15.500h6"/>',
    "lock": (
        '<rect x="5.500" y="10.500" width="13" height="10" rx="2.200"/><path d="M8.500 10.500V8a3.500 3.'
        '500 0 0 1 7 0v2.500M12 14.500v2"/>'
    ),
    "say": '<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.700v.2"/>',
    "warn": '<path d="M12 4 2.800 19.500h18.400zM12 10v4.500M12 17v.2"/>',
    "shield": (
        '<path d="M12 3.500 5 6v5.500c0 4.300 2.800 7.300 7 9 4.200-1.700 7-4.700 7-9V6z"/><path d="m9 1'
        '2 2.200 2.200L15.200 10"/>'
    ),
    "down": '<path d="M12 4v11M7.500 11 12 15.500 16.500 11M5 19.500h14"/>',
    "eye": (
        '<path d="M2.500 12c2.200-4.300 5.500-6.500 9.500-6.500s7.300 2.200 9.500 6.500c-2.200 4.300-5.5'
        '00 6.500-9.500 6.500S4.700 16.300 2.500 12z"/><circle cx="12" cy="12" r="2.800"/>'
    ),
    "phone": (
        '<path d="M6.500 4h3l1.500 4-2 1.500c1 2.300 2.700 4 5 5L15.500 12.500l4 1.500v3c0 1.600-1.300 2'
        '.700-2.900 2.500C10.200 18.700 5.300 13.800 4.500 7.400 4.300 5.600 5.200 4 6.500 4z"/>'
    ),
    "tasks": '<rect x="5" y="5" width="14" height="15.5" rx="2"/><path d="M9 3.5h6V7H9zM8.5 12l2 2 4.5-4.5"/>',
    "card": (
        '<rect x="3" y="5.5" width="18" height="13" rx="2.5"/><circle cx="8.5" cy="11" r="2"/><path d="M5.8 15.5c.6-1.4 1.6-2 2.7'
        '-2s2.100.6 2.700 2M14 10h4M14 13.500h4"/>'
    ),
    "day": '<rect x="4" y="5.500" width="16" height="15" rx="2.500"/><path d="M4 10h16M8.500 3.500v4M15.500 3.500v4"/>',
    "mail": '<rect x="3.500" y="5.500" width="17" height="13" rx="2.200"/><path d="m4 7 8 6 8-6"/>',
    "coin": '<circle cx="12" cy="12" r="8.500"/><path d="m8.500 7 3.500 4.500L15.500 7M12 11.500V17M8.800 12h6.400M8.800 14.500h6.400"/>',
    "elder": '<circle cx="10" cy="6" r="2.500"/><path d="M8 20.500V15l-1.500-2.500 1-3.500h4l2 3.500h3.500v8M12.500 20.500 11.500 15"/>',
    "house": '<path d="M4 11.5 12 4.5l8 7M6 10v9.5h12V10M10 19.5v-5h4v5"/>',
}
OUTCOME_ICONS = {
    "approve": "yes", "refuse": "no", "supplement": "pen", "refer": "person", "redirect": "turn", "wait": "clock",
    "waitlist": "queue",
}


def language_in(context: template.Context) -> Language:
    return "en" if context.get("language") == "en" else "zh"


@register.simple_tag(takes_context=True)
def say(context: template.Context, zh: str, en: str, **values: object) -> SafeString:
    """`{% say "已替您填好{n}项" "{n} filled in" n=count %}`: the page's language, its values escaped."""
    language = language_in(context)
    words = en if language == "en" else zh
    values = {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}
    return format_html(words, **values) if values else mark_safe(words)  # noqa: S308 - the words are literals of the template


@register.simple_tag(takes_context=True)
def speak(context: template.Context, text: Text | str | None, **values: object) -> SafeString:
    """A `Text` of the domain in the page's language, escaped; `{name}` places are filled from the arguments."""
    if text is None:
        return SafeString("")
    words = text.in_language(language_in(context)) if isinstance(text, Text) else str(text)
    for name, value in values.items():
        words = words.replace(f"{{{name}}}", str(value))
    return conditional_escape(words)


@register.simple_tag
def icon(name: str) -> SafeString:
    return mark_safe(f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>')  # noqa: S308 - from the table above


@register.simple_tag
def outcome_icon(outcome: str) -> SafeString:
    return icon(OUTCOME_ICONS[outcome])


@register.simple_tag(takes_context=True)
def page(context: template.Context, name: str, *arguments: str) -> str:
    """The address of a page in the language of this one."""
    return in_language(reverse(name, args=arguments), language_in(context))


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime | None) -> str:
    return show_moment(value, language_in(context)) if value else ""


@register.simple_tag(takes_context=True)
def shown(context: template.Context, value: object) -> str:
    """A fact's value as a person writes it; dates in words, truth as yes and no."""
    english = language_in(context) == "en"
    match value:
        case Text():
            return value.in_language(language_in(context))
        case bool():
            return ("Yes" if value else "No") if english else ("是" if value else "否")
        case datetime():
            return show_moment(value, language_in(context))
        case date():
            return write(value).in_language(language_in(context))
        case Decimal():
            return format(value.normalize(), "f")
        case None:
            return "None" if english else "无"
        case _:
            return str(value)


@register.simple_tag(takes_context=True)
def foreign(context: template.Context, value: object) -> SafeString:
    """` lang="zh-CN"` where an English page shows Chinese words, as names, addresses and the law are."""
    words = value.in_language("en") if isinstance(value, Text) else str(value)
    is_foreign = language_in(context) == "en" and any("\u4e00" <= character <= "\u9fff" for character in words)
    return mark_safe(' lang="zh-CN"') if is_foreign else SafeString("")


@register.filter
def masked(value: object) -> str:
    return mask(str(value))
