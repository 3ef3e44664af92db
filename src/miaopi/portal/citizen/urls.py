"""The addresses of what is a citizen's own, and of the search before it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.citizen import cases, disputes, me, search, visits

pages: list[URLPattern | URLResolver] = [
    path("search", search.show_search, name="search"),
    path("applications", cases.show_applications, name="applications"),
    path("applications/<slug:number>/visit", visits.choose_slot, name="visit"),
    path("applications/<slug:number>/visit/cancel", visits.give_back, name="visit_cancel"),
    path("appointments", visits.show_appointments, name="appointments"),
    path("messages", me.show_messages, name="messages"),
    path("messages/read", me.read_messages, name="messages_read"),
    path("payments", me.show_payments, name="payments"),
    path("disputes", disputes.show_disputes, name="disputes"),
    path("disputes/<slug:resource>", disputes.dispute_record, name="dispute_record"),
    path("me", me.show_me, name="me"),
]
