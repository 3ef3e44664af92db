"""The addresses of the officer's desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.officers import case, queue

pages: list[URLPattern | URLResolver] = [
    path("desk", queue.show_queue, name="desk"),
    path("desk/cases/<slug:number>", case.show_case, name="desk_case"),
    path("desk/cases/<slug:number>/take", case.take, name="desk_take"),
    path("desk/cases/<slug:number>/put-back", case.put_back, name="desk_put_back"),
    path("desk/cases/<slug:number>/decide", case.decide, name="desk_decide"),
    path("desk/cases/<slug:number>/supplement", case.supplement, name="desk_supplement"),
    path("desk/cases/<slug:number>/confirm", case.confirm, name="desk_confirm"),
    path("desk/cases/<slug:number>/return", case.send_back, name="desk_return"),
]
