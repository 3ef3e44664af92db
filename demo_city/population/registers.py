"""The population as the registers of its agencies: for each agency its tables, each a list of columns and rows of plain values."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Final

from demo_city.population.bureaus import bureau_registers
from demo_city.population.officials import draw_officials
from demo_city.population.people import Person, Population
from demo_city.population.tables import Row, Table

AGENCIES: Final = (
    "population", "residence", "criminal", "authority", "education", "hr", "civil-affairs", "death", "credit", "real-estate", "bank",
)  # fmt: skip


def registers(population: Population) -> tuple[Table, ...]:
    """Every register, in the order in which they can be filled."""
    people = population.people
    return (
        Table("population", "people", (
            "serial", "id_number", "name", "former_name", "sex", "ethnicity", "birth_date", "life_status", "died_on",
            "household", "relation", "father", "mother", "spouse",
        ), [_person(each) for each in people]),
        Table("population", "identities", ("id_number", "serial", "name", "birth_date"), [
            row for each in people for row in _identities(each)
        ]),
        Table("population", "hukou", (
            "serial", "hukou_region_code", "police_station", "hukou_address", "household_type", "status",
            "birth_date", "registered_on", "moved_out_on",
        ), [
            (each.serial, each.hukou_region_code, each.hukou_police_station, each.hukou_address, each.household_type, each.hukou_status,
             each.hukou_birth_date, each.hukou_registered_on, each.hukou_moved_out_on)
            for each in people
        ]),
        Table("population", "cards", ("serial", "valid_to", "card_status"), [
            (each.serial, each.card_valid_to, each.card_status) for each in people if each.card_status
        ]),
        Table("residence", "registrations", (
            "id_number", "address_code", "residence_address", "police_station", "settled_on", "move_in_on", "move_out_on",
        ), [row for each in people for row in _registrations(each)]),
        Table("residence", "permits", ("id_number", "permit_no", "valid_from", "endorsed_to", "status"), [
            (each.id_number, permit.permit_no, permit.valid_from, permit.endorsed_to, permit.status)
            for each in people if (permit := each.permit)
        ]),
        Table("criminal", "identities", ("id_number", "person", "birth_date", "is_traced"), [
            row for each in people for row in _traced(each)
        ]),
        Table("criminal", "judgments", (
            "id_number", "crime_on", "sentence_months", "effective", "court_status", "uploaded_on",
        ), [
            (each.id_number, case.crime_on, case.sentence_months, case.effective, case.court_status, case.uploaded_on)
            for each in people for case in each.judgments
        ]),
        Table("criminal", "answers", ("id_number", "condition_met", "queried_at"), [
            (each.id_number, answer.condition_met, answer.queried_at) for each in people for answer in each.answers
        ]),
        Table("authority", "accounts", ("serial", "name", "id_number", "document_type", "mobile", "sign_in_code"), [
            (each.serial, each.account_name, each.id_number, "resident_id", each.mobile, each.sign_in_code) for each in people
        ]),
        Table("authority", "staff", ("staff_id", "name", "sign_in_code"), [
            (each.code, each.name, each.sign_in_code) for each in draw_officials(population.seed)
        ]),
        *bureau_registers(population),
    )


def _person(each: Person) -> Row:
    return (
        each.serial, each.id_number, each.name, each.former_name, each.sex, each.ethnicity, each.birth_date, each.life_status,
        each.died_on, each.household, each.relation, each.father or None, each.mother or None, each.spouse or None,
    )


def _identities(each: Person) -> Iterator[Row]:
    yield (each.id_number, each.serial, each.name, each.birth_date)
    if each.earlier_number:
        yield (each.earlier_number, each.serial, each.name, each.earlier_birth_date)


def _registrations(each: Person) -> Iterator[Row]:
    for at in each.registrations:
        yield (each.id_number, at.address_code, at.address, at.police_station, at.settled_on, at.move_in_on, at.move_out_on)


def _traced(each: Person) -> Iterator[Row]:
    """An earlier number that was corrected long ago is one of which the police cannot say what stands under it."""
    yield (each.id_number, each.serial, each.birth_date, True)
    if each.earlier_number:
        yield (each.earlier_number, each.serial, each.earlier_birth_date, False)


def digest(tables: Sequence[Table]) -> str:
    """SHA-256 over every value of every register, in order: two equal cities have one digest."""
    sum_ = hashlib.sha256()
    for table in tables:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow((table.agency, table.name, *table.columns))
        writer.writerows(table.rows)
        sum_.update(text.getvalue().encode())
    return sum_.hexdigest()
