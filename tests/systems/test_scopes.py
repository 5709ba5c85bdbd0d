"""Which scope every route for other systems asks for, and what a token may: never more than whom it acts for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from models.api_tokens import SCOPES
from models.staff import ROLES
from tests.systems.system import System
from tests.web.office import Office
from tests.web.test_access import viewer
from web import access

ROLES_PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
#: What path arguments are filled with.
ARGUMENTS = {"form": "json", "code": "streetlight", "number": "1", "token": "x", "name": "x", "bell": "x"}


def routes(office: Office) -> Iterator[tuple[Rule, str | None]]:
    """The routes for other systems, with their scopes (None: anybody)."""
    for rule in office.app.url_map.iter_rules():
        view = office.app.view_functions[rule.endpoint]
        if hasattr(view, "scope"):
            yield rule, view.scope


def address(rule: Rule) -> str:
    return re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", lambda hole: ARGUMENTS[hole.group(1)], rule.rule)


def test_the_table_of_scopes_says_what_the_code_does() -> None:
    page = ROLES_PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `([a-z.0-9]+)` \| [^|]+ \| `(may_[a-z_]+)` \|$", page, re.MULTILINE)
    assert dict(rows) == {scope: right.__name__ for scope, right in access.SCOPES.items()}
    assert tuple(access.SCOPES) == SCOPES


def test_every_machine_route_is_below_its_interface_and_needs_a_known_scope(office: Office) -> None:
    found = list(routes(office))
    assert len(found) > 10
    for rule, scope in found:
        assert rule.rule.startswith(("/open311/", "/api/", "/traffy/")), rule
        assert scope is None or scope in SCOPES, rule
        if {"POST", "PATCH", "PUT", "DELETE"} & (rule.methods or set()) and not rule.rule.startswith("/traffy/"):
            assert scope is not None, f"{rule} changes something and asks for nothing"


def test_every_route_with_a_scope_refuses_who_has_it_not(office: Office) -> None:
    for rule, scope in routes(office):
        if scope is None:
            continue
        others = [one for one in SCOPES if one != scope]
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            bare = System(office, others)
            without = bare.client.open(address(rule), method=method)
            wrong = bare.client.open(address(rule), method=method, headers={"Authorization": f"Bearer {bare.token}"})
            assert without.status_code in (401, 403), rule
            assert wrong.status_code == 403, rule


@pytest.mark.parametrize("role", ROLES)
def test_a_token_may_no_more_than_whom_it_acts_for(role: str) -> None:
    for scope, right in access.SCOPES.items():
        assert access.may_call(viewer(role), SCOPES, scope) == right(viewer(role))
        assert not access.may_call(viewer(role), [], scope)


def test_ending_somebodys_access_ends_their_tokens(office: Office) -> None:
    sensor = System(office, role="crew")
    assert sensor.file311().status_code == 200
    with office.database.begin() as session:
        session.get_one(type(office.staff("crew")), office.staff("crew").id).active = False
    assert sensor.file311(description="อีกครั้ง").status_code == 403
