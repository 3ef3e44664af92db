"""The addresses of the steward's desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from miaopi.portal.stewards import (
    agreement,
    agreements,
    asking,
    catalogue,
    correcting,
    corrections,
    disputes,
    flow,
    keys,
    objections,
    overview,
    quality,
    registers,
    sandbox,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/data", overview.show_overview, name="data"),
    path("desk/data/catalogue", catalogue.show_catalogue, name="data_catalogue"),
    path("desk/data/catalogue/<slug:resource>", catalogue.show_resource, name="data_resource"),
    path("desk/data/catalogue/<slug:resource>/versions", catalogue.show_versions, name="data_versions"),
    path("desk/data/catalogue/<slug:resource>/request", asking.ask, name="data_ask"),
    path("desk/data/catalogue/<slug:resource>/sandbox", sandbox.show_sandbox, name="data_sandbox"),
    path("desk/data/requests", agreements.show_requests, name="data_requests"),
    path("desk/data/agreements", agreements.show_agreements, name="data_agreements"),
    path("desk/data/agreements/<slug:agreement>", agreement.show_agreement, name="data_agreement"),
    *(
        path(f"desk/data/agreements/<slug:agreement>/{act.name}", agreement.post(act), name=f"data_{act.name}") for act in agreement.ACTS
    ),
    path("desk/data/flow", flow.show_flow, name="data_flow"),
    path("desk/data/failures", flow.show_failures, name="data_failures"),
    path("desk/data/keys", keys.show_keys, name="data_keys"),
    path("desk/data/keys/<slug:key>/end", keys.end, name="data_end_key"),
    path("desk/data/registers", registers.show_registers, name="data_registers"),
    path("desk/data/registers/<slug:register>", registers.show_register, name="data_register"),
    path("desk/data/registers/<slug:register>/measure", registers.measure, name="data_measure"),
    path("desk/data/registers/<slug:register>/find", registers.find, name="data_find"),
    path("desk/data/registers/<slug:register>/pairs/<slug:pair>", registers.show_pair, name="data_pair"),
    path("desk/data/registers/<slug:register>/pairs/<slug:pair>/decide", registers.decide, name="data_decide"),
    path("desk/data/disputes", disputes.show_disputes, name="data_disputes"),
    path("desk/data/disputes/<slug:dispute>", disputes.answer, name="data_dispute"),
    path("desk/data/disputes/<slug:dispute>/transfer", disputes.transfer, name="data_transfer"),
    path("desk/data/corrections", corrections.show_corrections, name="data_corrections"),
    path("desk/data/corrections/report", correcting.report, name="data_correct"),
    path("desk/data/corrections/<slug:correction>", corrections.show_correction, name="data_correction"),
    path("desk/data/quality", quality.show_quality, name="data_quality"),
    path("desk/data/objections", objections.show_objections, name="data_objections"),
    path("desk/data/objections/<slug:objection>", objections.answer, name="data_objection"),
]
