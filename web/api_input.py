"""What the API takes, as types: bodies of requests and questions in addresses. web/openapi.json says the same; the
tests hold the two against each other.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from flask import request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from models.tickets import STATES
from web.api_problem import invalid
from web.outward import Refused

#: Characters of a report, and of the words of a move.
REPORT, WORDS = 4_000, 2_000
#: Items on a page.
PAGE, MOST = 50, 200
#: Bytes of a JSON body.
LARGEST = 65_536

#: No control characters but line breaks and tabs: databases and files refuse them.
_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=WORDS, pattern=_PLAIN)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=_PLAIN)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,30}$")]
Limit = Annotated[int, Field(ge=1, le=MOST)]
Moo = Annotated[int, Field(ge=1, le=999)]


class Input(BaseModel):
    """Strict: a misspelt field is a fault, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Input):
    """Where: in words, by the number of a village, or as a position (both degrees, WGS 84)."""

    text: Line = ""
    moo: Moo | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Place:
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("missing", "lat and lon belong together")
        return self


class NewCase(Input):
    """A case to be opened. `external_id` is what the other system calls the matter: while its case is open, the same
    name adds to it instead of opening another."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=REPORT, pattern=_PLAIN)]
    category: Code | None = None
    kind: Literal["complaint", "suggestion", "question", "message"] | None = None
    place: Place = Place()
    urgent: bool = False
    external_id: Name | None = None
    happened_at: AwareDatetime | None = None


class NewNote(Input):
    """A line for the office; `public`: progress that the resident is told."""

    words: Words
    public: bool = False


class NewMove(Input):
    """A move of a case, as on its page in the console."""

    move: Literal["take", "progress", "ask", "wait", "resume", "outside", "forward", "done", "refuse", "reopen"]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=WORDS, pattern=_PLAIN)] = ""
    reason: Literal["budget", "parts", "plan", "weather", "agency", "other"] | None = None
    department: Code | None = None
    agency: Code | None = None


class Query(BaseModel):
    """Questions in an address; unknown ones are a fault too. An empty value is no value."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Query):
    """A page of a list: `cursor` as the page before gave it."""

    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,80}$")] | None = None
    limit: Limit = PAGE


class Cases(Paged):
    """Which cases. `view`: public (everybody), full (scope cases.read); by default as much as the token may see."""

    view: Literal["public", "full"] | None = None
    state: Annotated[str, StringConstraints(pattern=r"^[a-z]+(,[a-z]+)*$", max_length=120)] | None = None
    category: Code | None = None
    department: Code | None = None
    moo: Moo | None = None
    received_from: date | None = None
    received_to: date | None = None
    changed_since: AwareDatetime | None = None
    external_id: Name | None = None


class Projects(Paged):
    """Which projects of published plans."""

    year: Annotated[int, Field(ge=2480, le=2699)] | None = None
    step: Code | None = None
    moo: Moo | None = None


class Proposals(Paged):
    """Which proposals."""

    year: Annotated[int, Field(ge=2480, le=2699)] | None = None
    state: Code | None = None
    moo: Moo | None = None


B = TypeVar("B", bound=BaseModel)


def body(kind: type[B]) -> B:
    """The request's JSON as this type. Raises Refused (415, 413, 422)."""
    if request.mimetype != "application/json":
        raise Refused(415, "content_type", "ต้องส่งเป็น application/json", "send application/json")
    if (request.content_length or 0) > LARGEST:
        raise Refused(413, "too_large", "ข้อมูลใหญ่เกิน 64 kB", "the body is larger than 64 kB")
    try:
        return kind.model_validate_json(request.get_data(), strict=False)
    except ValidationError as error:
        raise invalid(error) from None


def query(kind: type[B]) -> B:
    """The questions in the address as this type. Raises Refused (400)."""
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise invalid(error, query=True) from None


def states(text: str | None, known: tuple[str, ...] = STATES) -> tuple[str, ...]:
    """A list of states. Raises Refused for one that there is not."""
    wanted = tuple(dict.fromkeys((text or "").split(","))) if text else ()
    if set(wanted) - set(known):
        raise Refused(400, "input", f"state ต้องเป็น {', '.join(known)}", f"state must be of {', '.join(known)}")
    return wanted
