"""The addresses of the counter."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.counter import visits

pages: list[URLPattern | URLResolver] = [
    path("counter", visits.show_day, name="counter"),
    path("counter/<slug:number>", visits.show_visit, name="counter_visit"),
    path("counter/<slug:number>/papers/<int:paper>", visits.tick, name="counter_tick"),
    path("counter/<slug:number>/complete", visits.complete, name="counter_complete"),
]
