"""The one API: its operations by topic, and who tells their errors."""

from __future__ import annotations

from ninja import NinjaAPI

from miaopi.rest import (
    applications,
    appointments,
    cases,
    catalogue,
    consents,
    corrections,
    exchange,
    ledger,
    licences,
    me,
    services,
    visits,
)
from miaopi.rest.problems import settle

DESCRIPTION = """The doors of the portal for programs. Show a token (`Authorization: Bearer miaopi_…`); `demo` prints one for each persona.

An outcome is no error: all seven are 200. Errors are problems (RFC 9457), in Chinese, or in English where
`Accept-Language` asks for it. What is not yours answers like what is not there. Lists go on at `next`."""

api = NinjaAPI(
    title="miaopi", version="1", description=DESCRIPTION, urls_namespace="rest", openapi_url=None, docs_url=None,
)
api.add_router("/services", services.router)
api.add_router("/consents", consents.router)
api.add_router("/applications", applications.router)
api.add_router("/applications", appointments.router)
api.add_router("/licences", licences.router)
api.add_router("/ledger", ledger.router)
api.add_router("/me", me.router)
api.add_router("/cases", cases.router)
api.add_router("/visits", visits.router)
api.add_router("/exchange", catalogue.router)
api.add_router("/exchange", exchange.router)
api.add_router("/exchange", corrections.router)
settle(api)
