"""The addresses of the portal: Chinese at the root, the same pages in English under `/en/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from miaopi.portal import doors, home, journey, result
from miaopi.portal.accesses import urls as accesses
from miaopi.portal.auditors import urls as auditors
from miaopi.portal.citizen import urls as citizen
from miaopi.portal.counter import urls as counter
from miaopi.portal.licences import urls as licences
from miaopi.portal.officers import urls as officers
from miaopi.portal.stewards import urls as stewards

pages: list[URLPattern | URLResolver] = [
    path("", home.show_home, name="home"),
    path("services/<slug:slug>", home.show_service, name="service"),
    path("services/<slug:slug>/consent", journey.ask_consent, name="consent"),
    path("applications/<slug:number>", result.show_result, name="result"),
    path("applications/<slug:number>/check", journey.check_draft, name="check"),
    path("applications/<slug:number>/consent", journey.renew_consent, name="renew_consent"),
    path("applications/<slug:number>/facts/<str:fact>", journey.correct_fact, name="correct"),
    path("applications/<slug:number>/withdraw", journey.withdraw, name="withdraw"),
    path("applications/<slug:number>/review", result.ask_review, name="review"),
    path("applications/<slug:number>/licence.txt", result.download_licence, name="licence_text"),
    path("applications/<slug:number>/proof.json", result.download_proof, name="proof"),
    path("sign-in", doors.show_sign_in, name="sign_in"),
    path("sign-out", doors.leave, name="sign_out"),
    path("display/<slug:display>", doors.choose_display, name="display"),
    *licences.pages,
    *accesses.pages,
    *citizen.pages,
    *officers.pages,
    *counter.pages,
    *stewards.urlpatterns,
    *auditors.pages,
]
urlpatterns: list[URLPattern | URLResolver] = [*pages, path("en/", include(pages))]
