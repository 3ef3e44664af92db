"""The addresses of licences."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.licences import held, verifying

pages: list[URLPattern | URLResolver] = [
    path("licences", held.list_own, name="licences"),
    path("licences/<slug:licence>", held.show, name="licence"),
    path("licences/<slug:licence>/pass", held.show_pass, name="licence_pass"),
    path("licences/<slug:licence>/licence.pdf", held.download_pdf, name="licence_pdf"),
    path("licences/<slug:licence>/licence.txt", held.download_text, name="licence_note"),
    path("verify", verifying.verify, name="verify"),
]
