"""Where a page stands: under which of the four tabs, and whether its lower edge is the tabs or its own one act."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from miaopi.kernel.frozen import frozen
from miaopi.kernel.wording import Text


@frozen
class Tab:
    """A tab: the page that it opens, its word, its picture, and the other pages that stand under it."""

    page: str
    name: Text
    icon: str
    under: frozenset[str] = frozenset()


TABS: Final = (
    Tab("home", Text(zh="首页", en="Home"), "house", frozenset({"search", "service", "sign_in"})),
    Tab(
        "applications", Text(zh="办件", en="Cases"), "tasks",
        frozenset({"consent", "check", "renew_consent", "correct", "result", "visit"}),
    ),
    Tab("licences", Text(zh="证照", en="Licences"), "card", frozenset({"licence", "licence_pass", "verify"})),
    Tab("me", Text(zh="我的", en="Me"), "me", frozenset({
        "messages", "appointments", "payments", "accesses", "access_object", "objections", "disputes", "dispute_record",
    })),
)  # fmt: skip
DOCKED: Final = frozenset({"service", "sign_in", "consent", "check", "renew_consent", "correct", "visit", "dispute_record"})


def place_of(request: HttpRequest) -> dict[str, object]:
    """For the frame: the tabs, which of them one stands under, and whether they are shown. A page has either the dock or the tabs."""
    match = request.resolver_match
    page = match.url_name if match is not None else None
    tabs = [
        {"page": tab.page, "name": tab.name, "icon": tab.icon, "is_here": tab.page == page, "is_above": page in tab.under} for tab in TABS
    ]
    is_elder = request.COOKIES.get("display") == "elder"
    return {"tabs": tabs, "has_tabs": page not in DOCKED and not is_elder and getattr(request, "member", None) is None}
