"""Alive, and ready: two questions that a balancer and a supervisor ask."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from miaopi.apps.identity.api import Right
from miaopi.portal.gate import gate


@gate(Right.PUBLIC)
def tell_alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


@gate(Right.PUBLIC)
def tell_ready(request: HttpRequest) -> HttpResponse:
    """200 when a citizen can be served now, else 503; names what is missing, no addresses."""
    parts = {
        "database": _answers(),
        "seal_key": len(settings.MIAOPI_SEAL_KEY) == 32,
    }
    ready = all(parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False
