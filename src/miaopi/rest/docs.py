"""What the API is, for programs and for people: the OpenAPI document, and a page made from it that loads nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from miaopi.apps.identity.api import Right, authorise
from miaopi.rest.api import api
from miaopi.rest.problems import DETAILS, DOCS, KINDS, MEDIA, problem

VERBS = ("get", "post", "patch", "delete", "put")
PROBLEM = {
    "type": "object", "title": "Problem", "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "field": {"type": "string"}, "rule": {"type": "string"}, "remedy": {"type": "string"},
        "reference": {"type": "string"}, "code": {"type": "string"},
    },
}  # fmt: skip


def public(view: Any) -> Any:
    """The gate of what ninja would add by itself, said aloud: everybody may read what the API is."""

    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        request.get_host()
        authorise(None, Right.PUBLIC)
        answer: HttpResponse = view(request, *arguments, **named)
        return answer

    guarded.right = Right.PUBLIC  # type: ignore[attr-defined]  # read by the walk over routes
    return guarded


@cache
def read_schema() -> Mapping[str, Any]:
    """The OpenAPI 3.1 document, with the problem that every operation can answer."""
    schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    schema["components"]["schemas"]["Problem"] = PROBLEM
    told = {"description": "A problem (RFC 9457)", "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for operations in schema["paths"].values():
        for verb in VERBS:
            if verb in operations:
                operations[verb]["responses"]["default"] = told
    return schema


@public
@require_safe
def show_schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(read_schema(), ensure_ascii=False), content_type="application/json; charset=utf-8")


@public
@require_safe
def show_docs(request: HttpRequest) -> HttpResponse:
    schema = read_schema()
    topics: dict[str, list[dict[str, Any]]] = {}
    for address, operations in schema["paths"].items():
        for verb in VERBS:
            if verb in operations:
                told = operations[verb]
                topics.setdefault(told["tags"][0], []).append(_operation(address, verb, told))
    problems = [
        {"kind": kind, "status": status, "title": title, "detail": DETAILS.get(status)} for status, (kind, title) in KINDS.items()
    ]
    page = {"info": schema["info"], "topics": topics, "problems": problems, "schemas": _schemas(schema)}
    return render(request, "rest/docs.html", page)


def _operation(address: str, verb: str, told: Mapping[str, Any]) -> dict[str, Any]:
    body = told.get("requestBody", {}).get("content", {})
    answers = [
        {"status": status, "schema": _name(content.get("schema", {}))}
        for status, answer in told["responses"].items() if status != "default"
        for content in answer.get("content", {"": {}}).values()
    ]
    return {
        "id": told["operationId"], "verb": verb.upper(), "address": address, "summary": told["summary"],
        "description": told.get("description", ""), "is_open": not told.get("security"),
        "parameters": told.get("parameters", []), "body": [_name(content["schema"]) for content in body.values()], "answers": answers,
    }  # fmt: skip


def _schemas(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    shown = []
    for name, one in sorted(schema["components"]["schemas"].items()):
        needed = one.get("required", [])
        fields = [
            {"name": field, "type": _type(told), "needed": field in needed, "description": told.get("description", "")}
            for field, told in one.get("properties", {}).items()
        ]
        shown.append({"name": name, "description": one.get("description", ""), "fields": fields})
    return shown


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(told: Mapping[str, Any]) -> str:
    """`string`, `list of Reason`, `Words or null`: a schema in a few words."""
    if "$ref" in told:
        return _name(told)
    if "anyOf" in told:
        return " or ".join(dict.fromkeys(_type(each) for each in told["anyOf"]))
    match told.get("type"):
        case "array":
            return f"list of {_type(told.get('items', {}))}"
        case "object":
            return f"values by name: {_type(told['additionalProperties'])}" if told.get("additionalProperties") else "object"
        case None:
            return "anything"
        case kind:
            return f"{kind} ({told['format']})" if "format" in told else str(kind)


@public
def lead_to_docs(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(DOCS)


@public
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem(request, 404)
