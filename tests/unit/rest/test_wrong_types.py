"""Every operation of the API is sent what it does not ask for, one place at a time: the answer is a problem, never our fault.

Operations and places come from the documentation of the API, so that a new one is tried without a word here. All persons are made up.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from miaopi.apps.identity.api import Role
from miaopi.rest.docs import VERBS, read_schema
from tests.unit.approval.office import officer
from tests.unit.filing.scene import ANNA, SERVICE, Scene
from tests.unit.portal.stewards import key_of, steward
from tests.unit.rest.calling import PROBLEM, Program, refused

Place = tuple[str | int, ...]
Json = Mapping[str, Any]

FITTING: Final = {  # by name, so that what is asked is found and the place that is wrong is reached
    "resource": "household_registration", "id_number": ANNA.id_number, "service": SERVICE, "fields": ["hukou_region_code"],
    "outcome": "refuse", "agency": "population", "office": "ps-futian",
}  # fmt: skip
WRONG: Final = (None, 10**30, [[{"x": 1}]], "", "a\0b", "\ud800", "../%00' --", "9999-12-31T23:59:59-23:59", "MTr_")


def programs(scene: Scene) -> list[Program]:
    """One of each who may call."""
    keeper, key = steward("keeper", "population"), Program()
    key.headers["Authorization"] = f"Bearer {key_of(keeper)}"
    staff = (keeper, officer(), *(officer(role.value, role=role) for role in (Role.CLERK, Role.AUDITOR)))
    return [Program(scene.anna), *map(Program, staff), key]


def resolve(schema: Json) -> Json:
    """A schema without references and alternatives."""
    if "$ref" in schema:
        return resolve(read_schema()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return resolve(schema["anyOf"][0]) if "anyOf" in schema else schema


def fit(name: str, schema: Json) -> Any:
    """A value that fits."""
    told = resolve(schema)
    if name in FITTING:
        return FITTING[name]
    match told.get("type"):
        case "object":
            return {each: fit(each, one) for each, one in told.get("properties", {}).items()} or {"purpose": "employment"}
        case "array":
            return [fit("", told["items"])]
        case "boolean":
            return False
        case "integer" | "number":
            return 1
    return {"date": "2026-11-23", "date-time": "2026-11-23T00:00:00Z"}.get(told.get("format", ""), "x")


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    yield at
    for name, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*at, name))


def put(value: Any, at: Place, wrong: Any) -> Any:
    if not at:
        return wrong
    made = inner = copy.deepcopy(value)
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = wrong
    return made


def get(value: Any, at: Place) -> Any:
    for name in at:
        value = value[name]
    return value


def written(wrong: object) -> str:
    """As an address can hold it."""
    return str(wrong).encode(errors="replace").decode()


class Request:
    """An operation as it would be asked for rightly, and with one place wrong."""

    def __init__(self, address: str, verb: str, told: Json, number: str) -> None:
        self.address, self.verb = address, verb
        kinds = {kind: [each for each in told.get("parameters", []) if each["in"] == kind] for kind in ("path", "query")}
        self.path = {each["name"]: fit(each["name"], each["schema"]) for each in kinds["path"]} | {"number": number}
        self.query = {each["name"]: fit(each["name"], each["schema"]) for each in kinds["query"]}
        self.body = next((fit("", each["schema"]) for each in told.get("requestBody", {}).get("content", {}).values()), None)
        if isinstance(self.body, dict) and "application" in self.body:
            self.body["application"] = number

    def send(self, program: Program, *, path: Json | None = None, query: Json | None = None, body: Any = ...) -> Any:
        address = self.address
        for name, word in (path or self.path).items():
            address = address.replace(f"{{{name}}}", quote(written(word), safe="") or "-")
        asked = f"?{urlencode({name: written(word) for name, word in query.items()})}" if query else ""
        if self.verb == "get":
            return program.client.get(address + asked, headers=program.headers)
        content = json.dumps(self.body if body is ... else body)
        return getattr(program.client, self.verb)(address + asked, content, content_type="application/json", headers=program.headers)

    def send_wrongly(self, program: Program) -> Iterator[tuple[object, Any]]:
        for wrong in WRONG:
            for name in self.path:
                if f"{{{name}}}" in self.address:
                    yield (name, wrong), self.send(program, path={**self.path, name: wrong})
            for name in self.query:
                yield (name, wrong), self.send(program, query={name: wrong})
            for place in places(self.body) if self.body is not None else ():
                yield (place, wrong), self.send(program, body=put(self.body, place, wrong))
        for place in places(self.body) if self.body is not None else ():
            if isinstance(value := get(self.body, place), dict):
                yield place, self.send(program, body=put(self.body, place, {**value, "\ud800": 1}))


def test_no_operation_breaks_over_what_it_does_not_ask_for(scene: Scene) -> None:
    everybody, number = programs(scene), Program(scene.anna).draft()
    for address, operations in read_schema()["paths"].items():
        for verb in filter(operations.__contains__, VERBS):
            request = Request(address, verb, operations[verb], number)
            tried = [(each, request.send(each, path={**request.path, "number": "none"}).status_code) for each in everybody]
            admitted = [each for each, status in tried if status not in (401, 403)]
            for place, answer in request.send_wrongly((admitted or everybody)[0]):
                assert answer.status_code < 500, (verb, address, place)
                assert answer.status_code < 400 or answer.headers["Content-Type"] == PROBLEM, (verb, address, place)


def test_half_a_character_is_a_mistake_at_its_place(scene: Scene) -> None:
    keeper = Program(steward("keeper", "population"))
    body = {"resource": FITTING["resource"], "subject": {"id_number": ANNA.id_number}, "fields": ["\ud800"]}
    for address in ("/exchange/corrections", "/exchange/corrections/foresee"):
        assert refused(keeper.send(address, body), 422)["field"] == "fields.0"
