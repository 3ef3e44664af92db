"""The catalogue for the systems of departments: which agencies there are, and which data each of them keeps."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router
from ninja.params.functions import Query
from pydantic import Field

from miaopi.apps.catalogue.api import (
    Resource,
    find_resources,
    find_resources_by_column,
    get_agency,
    get_resource,
    list_agencies,
    list_resources_after,
)
from miaopi.apps.identity.api import Right
from miaopi.kernel.errors import InputError
from miaopi.kernel.wording import Text
from miaopi.rest.cursors import read_cursor, read_number, write_cursor
from miaopi.rest.gate import gate
from miaopi.rest.schemas import Answer, Words, words

router = Router(tags=["exchange"])
MOST = 100
TWO_QUESTIONS = Text(zh="search、column、agency 只能用一个。", en="Only one of search, column and agency can be asked for.")
ONE_OF_THEM = Text(zh="请去掉其余的。", en="Leave the others out.")


class AgencyLine(Answer):
    id: str
    code: str | None = Field(description="提供方代码")
    name: Words


class AgencyList(Answer):
    agencies: list[AgencyLine]


class ResourceLine(Answer):
    """A class of data in a list."""

    id: str
    code: str | None = Field(description="of the city's own list")
    class_code: str | None = Field(description="信息资源代码 of the national table")
    name: Words
    agency: str
    sharing_type: str = Field(description="unconditional, conditional or not_shared")
    status: str = Field(description="`connected`, or `described, not connected`")


class ResourcePage(Answer):
    resources: list[ResourceLine]
    next: str | None = Field(description="cursor of the next page")


class ResourceField(Answer):
    """A data item."""

    name: str
    label: Words
    type: str = Field(description="letter of the national table: C, N, D …")
    length: str
    privacy: str = Field(description="public, personal or sensitive")
    sharing_type: str
    legal_ground: str = Field(description="by which law it is not shared")


class ResourceDetail(ResourceLine):
    """A class of data in the national terms."""

    sharing_condition: str
    legal_ground: str
    sharing_method: str
    openness: str
    mode: str | None = Field(description="table, interface or file")
    update_frequency: str
    abstract: str
    published_on: date | None
    steward: str = Field(description="the post that answers for it")
    version: int
    fields: list[ResourceField]


@router.get(
    "/agencies", response=AgencyList, auth=gate(Right.READ_CATALOGUE), summary="List agencies", operation_id="list_agencies",
)  # fmt: skip
def show_agencies(request: HttpRequest) -> AgencyList:
    """All agencies that provide data, by id."""
    return AgencyList(agencies=[AgencyLine(id=each.id, code=each.code, name=words(each.name)) for each in list_agencies()])


@router.get(
    "/resources", response=ResourcePage, auth=gate(Right.READ_CATALOGUE), summary="List or find resources",
    operation_id="list_resources",
)  # fmt: skip
def show_resources(
    request: HttpRequest,
    search: str | None = Query(None, max_length=200, description="words, pinyin, initials, English or a code; one slip is forgiven"),
    column: str | None = Query(None, max_length=200, description="a column's heading or name, or an invented value; never a person's"),
    agency: str | None = Query(None, max_length=60),
    cursor: str | None = None,
    limit: int = Query(MOST, ge=1, le=MOST),
) -> ResourcePage:
    """Resources by id, or what a question may mean, the likeliest first. What nobody is connected for is described only."""
    if sum(each is not None for each in (search, column, agency)) > 1:
        raise InputError("search", TWO_QUESTIONS, ONE_OF_THEM)
    if search is not None or column is not None:
        begin = read_number(cursor) or 0
        ask = find_resources if search is not None else find_resources_by_column
        found = ask(search or column or "", limit=begin + limit)
        shown = [hit.resource for hit in found.hits[begin:]]
        more = write_cursor(begin + limit) if begin + limit < found.total and shown else None
        return ResourcePage(resources=[_line(each) for each in shown], next=more)
    if agency is not None:
        get_agency(agency)
    listed = list_resources_after(read_cursor(cursor) if cursor is not None else "", agency=agency, most=limit + 1)
    shown = list(listed[:limit])
    return ResourcePage(
        resources=[_line(each) for each in shown], next=write_cursor(shown[-1].id) if len(listed) > limit else None
    )  # fmt: skip


@router.get(
    "/resources/{resource}", response=ResourceDetail, auth=gate(Right.READ_CATALOGUE), summary="One resource",
    operation_id="get_resource",
)  # fmt: skip
def show_resource(request: HttpRequest, resource: str) -> ResourceDetail:
    """A resource with its fields, how each is shared and on which law it is not."""
    found = get_resource(resource)
    return ResourceDetail(
        **_line(found).model_dump(), sharing_condition=found.sharing_condition, legal_ground=found.legal_ground,
        sharing_method=found.sharing_method, openness=str(found.openness), mode=str(found.mode) if found.mode else None,
        update_frequency=found.update_frequency, abstract=found.abstract, published_on=found.published_on, steward=found.steward,
        version=found.version,
        fields=[
            ResourceField(
                name=each.name, label=words(each.label), type=each.type, length=each.length, privacy=each.privacy.value,
                sharing_type=str(each.sharing_type), legal_ground=each.legal_ground,
            )
            for each in found.fields.values()
        ],
    )  # fmt: skip


def _line(each: Resource) -> ResourceLine:
    return ResourceLine(
        id=each.id, code=each.code, class_code=each.class_code, name=words(each.name), agency=each.agency.id,
        sharing_type=str(each.sharing_type), status="connected" if each.is_connected else "described, not connected",
    )  # fmt: skip
