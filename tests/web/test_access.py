"""Who may do what: the table in docs/roles.md, every route as every role, and which cases each viewer sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.routing import Rule

from models.staff import ROLES
from models.tickets import Ticket
from tests.web.office import Browser, Office
from web import access
from web.access import NOBODY, Right, Viewer

ROLES_PAGE = Path(__file__).parents[2] / "docs" / "roles.md"

#: Routes outside the console, which nobody signs in for: what the host asks, and files by unguessable names.
OUTSIDE = {"healthz", "readyz", "files.whole", "files.preview"}
#: Path arguments that are not the number 1.
ARGUMENTS: dict[str, str] = {
    "table": "summary",
    "what": "villages",
    "text": "welcome.hello",
    "mark": "0",
    "name": "own/console.css",
    "token": "x",
    "year": "2570",
    "code": "x",
    "dataset": "cases",
}


def viewer(role: str, department: int | None = None, *, confidential: bool = False, staff_id: int = 1) -> Viewer:
    return Viewer(staff_id, "ใครก็ได้", role, department, "", confidential, "", "", 1, "")


# -- the table ---------------------------------------------------------------------------------------------------------


def table() -> dict[str, dict[str, bool]]:
    """docs/roles.md: right → role → allowed."""
    lines = ROLES_PAGE.read_text(encoding="utf-8").splitlines()
    head = next(line for line in lines if line.startswith("| สิทธิ |"))
    roles = [cell.strip() for cell in head.strip("|").split("|")][2:]
    found = {}
    for line in lines[lines.index(head) + 2 :]:
        if not line.startswith("| `"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert set(cells[2:]) <= {"✓", "–"}, line
        found[cells[0].strip("`")] = dict(zip(roles, (cell == "✓" for cell in cells[2:]), strict=True))
    return found


@pytest.mark.parametrize("right", access.RIGHTS, ids=lambda right: right.__name__)
def test_the_table_says_what_the_code_does(right: Right) -> None:
    assert table()[right.__name__] == {role: right(viewer(role)) for role in ROLES}


def test_the_table_names_every_right_and_no_other() -> None:
    assert list(table()) == [right.__name__ for right in access.RIGHTS]


@pytest.mark.parametrize("right", access.RIGHTS, ids=lambda right: right.__name__)
def test_who_is_not_signed_in_may_nothing(right: Right) -> None:
    assert right(NOBODY) == (right is access.anyone)


# -- every route -------------------------------------------------------------------------------------------------------


def rules(office: Office) -> Iterator[tuple[Rule, Right]]:
    """The console's routes with their rights. Fails for a route that declares none."""
    for rule in office.app.url_map.iter_rules():
        if rule.endpoint in OUTSIDE or hasattr(office.app.view_functions[rule.endpoint], "scope"):
            continue  # other systems: tests/systems/test_scopes.py
        right = getattr(office.app.view_functions[rule.endpoint], "right", None)
        assert right in access.RIGHTS, f"{rule.rule} declares no right of web/access.py: use @needs(…)"
        yield rule, right


def address(rule: Rule) -> str:
    """The route with the number 1, or what ARGUMENTS say, in its holes."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda hole: ARGUMENTS.get(hole.group(1), "1"), rule.rule)


def ask(browser: Browser, method: str, path: str) -> int:
    """Ask for it; the status of the answer."""
    if method == "POST":
        return browser.post(path).status_code
    return browser.get(path).status_code


@pytest.mark.parametrize("role", ROLES)
def test_every_route_as_every_role(office: Office, role: str) -> None:
    office.case()
    tried = 0
    for rule, right in rules(office):
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            status = ask(office.sign_in(role), method, address(rule))
            if right(viewer(role)):
                assert status < 500, f"{method} {rule.rule} fails for {role}"
                assert status != 403, f"{method} {rule.rule} is refused to {role}"
            else:
                assert status == 403, f"{method} {rule.rule} answers {status} to {role}"
            tried += 1
    assert tried > 25


def test_every_route_as_nobody(office: Office) -> None:
    for rule, right in rules(office):
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            browser = Browser(office)
            page = browser.post(address(rule)) if method == "POST" else browser.get(address(rule))
            assert page.status_code < 500, rule.rule
            if right is not access.anyone:
                assert page.status_code == 303, rule.rule
                assert page.location.startswith("/console/sign-in"), rule.rule


def test_before_the_second_factor_nothing_opens(office: Office) -> None:
    office.sign_in("admin")  # has a second factor from now on
    for rule, right in rules(office):
        if right in (access.anyone, access.halfway) or "GET" not in (rule.methods or set()):
            continue
        page = office.sign_in("admin", strong=False).get(address(rule))
        assert page.status_code == 303, rule.rule
        assert page.location.startswith("/console/second"), rule.rule


def test_an_admin_without_a_second_factor_may_only_make_one(office: Office) -> None:
    for rule, right in rules(office):
        if "GET" not in (rule.methods or set()) or right in (access.anyone, access.halfway, access.own_account):
            continue
        page = office.sign_in("admin", strong=False).get(address(rule))
        assert (page.status_code, page.location) == (303, "/console/account/security"), rule.rule


def test_nothing_changes_without_the_token(office: Office) -> None:
    for rule, _right in rules(office):
        if "POST" in (rule.methods or set()):
            page = office.sign_in("clerk").post(address(rule), csrf_token="0" * 64)
            assert page.status_code == 400, rule.rule


# -- cases -------------------------------------------------------------------------------------------------------------


def seen(office: Office, who: Viewer) -> set[int]:
    with office.database.read() as session:
        return {ticket.id for ticket in session.scalars(access.tickets(who))}


@pytest.fixture
def town(offices: Office) -> dict[str, Any]:
    """An office with a case of the engineers, one of health, and a sensitive one of the engineers."""
    return {
        "office": offices,
        "eng": offices.case(),
        "health": offices.case(department="HEALTH"),
        "secret": offices.case("ผู้รับเหมาให้เงินเจ้าหน้าที่", sensitive=True),
        "department": offices.staff("crew").department_id,
    }


def test_whose_cases_each_role_sees(town: dict[str, Any]) -> None:
    office, mine = town["office"], town["department"]
    everything, own = {town["eng"], town["health"]}, {town["eng"]}
    expected = {"clerk": everything, "admin": everything, "auditor": everything, "dpo": everything}
    expected |= {"crew": own, "head": own, "poll_officer": set()}
    assert {role: seen(office, viewer(role, mine)) for role in ROLES} == expected


def test_an_owner_sees_a_case_that_went_to_another_department(town: dict[str, Any]) -> None:
    office, crew = town["office"], town["office"].staff("crew")
    with office.database.begin() as session:
        session.get_one(Ticket, town["health"]).owner_id = crew.id
    assert seen(office, viewer("crew", town["department"], staff_id=crew.id)) == {town["eng"], town["health"]}


@pytest.mark.parametrize("role", ["clerk", "crew", "head", "admin", "auditor", "dpo"])
def test_sensitive_cases_go_to_appointed_receivers_only(town: dict[str, Any], role: str) -> None:
    office = town["office"]
    assert town["secret"] not in seen(office, viewer(role, town["department"]))
    assert town["secret"] in seen(office, viewer(role, town["department"], confidential=True))
    assert town["secret"] in seen(office, viewer(role, 999, confidential=True))


def test_watchers_learn_that_there_is_a_sensitive_case_and_no_more(town: dict[str, Any]) -> None:
    office = town["office"]
    with office.database.read() as session:
        for role in ROLES:
            stubs = access.sensitive_stubs(session, viewer(role))
            assert len(stubs) == (1 if role in ("auditor", "dpo") else 0), role
            assert all("ผู้รับเหมา" not in repr(stub) for stub in stubs)


def test_what_one_may_not_see_does_not_exist(town: dict[str, Any]) -> None:
    office = town["office"]
    with office.database.begin() as session:
        with pytest.raises(NotFound):
            access.ticket(session, viewer("crew", town["department"]), town["health"])
        with pytest.raises(NotFound):
            access.working_ticket(session, viewer("clerk"), town["secret"])
        with pytest.raises(NotFound):
            access.ticket(session, viewer("clerk"), 10**6)


@pytest.mark.parametrize("role", ["auditor", "dpo"])
def test_who_watches_changes_nothing_even_when_appointed(town: dict[str, Any], role: str) -> None:
    office = town["office"]
    with office.database.begin() as session:
        for number in (town["eng"], town["secret"]):
            with pytest.raises(Forbidden):
                access.working_ticket(session, viewer(role, confidential=True), number)


def test_who_works_on_a_case_gets_it_locked(town: dict[str, Any]) -> None:
    office = town["office"]
    with office.database.begin() as session:
        for who in (viewer("clerk"), viewer("crew", town["department"]), viewer("admin")):
            assert access.working_ticket(session, who, town["eng"]).id == town["eng"]


def test_ending_access_ends_the_session_at_once(office: Office) -> None:
    clerk = office.sign_in("clerk")
    assert clerk.get("/console/account/").status_code == 200
    with office.database.begin() as session:
        member = session.get_one(type(office.staff("clerk")), office.staff("clerk").id)
        member.active = False
    assert clerk.get("/console/account/").status_code == 303


def test_a_changed_role_holds_at_once(office: Office) -> None:
    auditor = office.sign_in("auditor")
    assert auditor.get("/console/audit/").status_code == 200
    with office.database.begin() as session:
        session.get_one(type(office.staff("auditor")), office.staff("auditor").id).role = "crew"
    assert auditor.get("/console/audit/").status_code == 403
