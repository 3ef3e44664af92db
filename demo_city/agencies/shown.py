"""What each agency shows of its database: resources with their fields, and the acts that can be entered into its register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from demo_city.kept.spec import TENANTS, kept_by

Shown = Mapping[str, tuple[str, ...]]

CENTRE: Final = "centre"

# By database: views that a role of the platform may read, and functions that another one may call.
SQL: Final[Mapping[str, Shown]] = {
    "population": {
        "population_basic": (
            "id_number", "name", "sex", "ethnicity", "birth_date", "former_name", "life_status", "identity_count",
            "identities_consistent",
        ),
        "household_registration": (
            "id_number", "hukou_region_code", "police_station", "hukou_address", "household_type", "status", "birth_date",
            "registered_on", "moved_out_on",
        ),
        "identity_card": ("id_number", "valid_to", "card_status"),
    },
    "hr": {
        "talent_introduction": (
            "id_number", "case_no", "district", "status", "approved_on", "valid_to", "open_case", "open_case_no",
        ),
        "social_insurance_person": ("id_number", "status", "enrolled_on", "employer_uscc"),
    },
    "real-estate": {
        "real_estate": ("id_number", "house_code", "address", "use", "share", "region_code", "police_station"),
        "hukou_collective": (
            "id_number", "kind", "unit_name", "house_code", "address", "capacity", "region_code", "police_station",
        ),
    },
}
ACTS: Final[Mapping[str, str]] = {"population": "act_ga_003", "hr": "act_rs_001"}
# Which of these let nobody into their database but a gateway of their own, which asks it in the role of the reader.
BEHIND_GATEWAY: Final = ("real-estate",)

# By HTTP: `POST /query`.
HTTP: Final[Mapping[str, Shown]] = {
    "residence": {
        "residence_permit": ("id_number", "permit_no", "valid_from", "endorsed_to", "status"),
        "residence_registration": (
            "id_number", "address_code", "residence_address", "police_station", "move_in_on", "move_out_on",
        ),
    },
    "education": {
        "higher_education_diploma": (
            "id_number", "name", "school_name", "level", "form", "major", "graduated_on", "certificate_no", "status", "mainland",
        ),
        "higher_education_degree": (
            "id_number", "degree_level", "degree_name", "conferred_on", "certificate_no", "status", "diploma_no",
        ),
        "graduate_employment": (
            "id_number", "destination_type", "employer_name", "employer_uscc", "in_national_plan", "directed",
        ),
    },
    "civil-affairs": {
        "yinian_card": ("id_number", "account_holder_id", "card_no_masked", "bank", "financial_account_status"),
        "old_age_allowance_ledger": ("id_number", "active", "active_since", "paid_elsewhere"),
    },
    "credit": {
        "public_credit": ("id_number", "active_count"),
        "dishonest_debtor": ("id_number", "active_count"),
    },
}  # fmt: skip

# By file: lists that are dropped every day.
FILES: Final[Shown] = {
    "death_cancellation": ("id_number", "death_date", "cancelled_on"),
    "death_certificate": ("id_number", "death_date", "issued_on"),
    "cremation": ("id_number", "cremated_on"),
}


def shown_by(agency: str) -> Shown:
    """All that an agency shows: what is written above, and what it keeps by table."""
    by_hand = SQL.get(agency, HTTP.get(agency, {}))
    return {**by_hand, **{kept.resource: kept.shown for kept in kept_by(agency)}}


def is_by_sql(agency: str) -> bool:
    """Whether it shows its database itself: its tables stand in a schema of their own, `kept_schema`."""
    return agency in SQL or TENANTS.get(agency) == "sql"


def database_of(agency: str) -> str:
    """Its own, or the one that the tenants of the computing centre share, each in schemas that no other enters."""
    return CENTRE if agency in TENANTS else agency


def shown_schema(agency: str) -> str:
    return agency if agency in TENANTS else "public"


def kept_schema(agency: str) -> str:
    """Where its tables stand."""
    if not is_by_sql(agency):
        return shown_schema(agency)
    return f"{agency}_kept" if agency in TENANTS else "kept"


def reader_of(agency: str) -> str:
    """The role by which the platform, or the agency's own gateway, reads the views of an agency."""
    return f"{agency}_reader"


def writer_of(agency: str) -> str:
    """The role by which the platform calls the acts of an agency, which can read nothing."""
    return f"{agency}_writer"
