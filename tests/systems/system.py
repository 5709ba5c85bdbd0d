"""Another system: a token, and the requests it makes. And cases that the office has made public."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from models import api_tokens
from models.api_tokens import SCOPES
from models.publications import Publication
from models.staff import Staff
from models.tickets import Ticket
from tests.web.office import Office


class System:
    """Another system of the town. `token` opens what its scopes name."""

    def __init__(self, office: Office, scopes: Sequence[str] = SCOPES, role: str = "clerk", **more: Any) -> None:
        self.office = office
        with office.database.begin() as session:
            staff = session.scalars(select(Staff).where(Staff.role == role)).one()
            until = office.now + timedelta(days=90)
            row, self.token = api_tokens.make(session, "ระบบทดสอบ", scopes, staff, until, office.now, **more)
            self.token_id = row.id
        self.client = office.app.test_client(use_cookies=False)

    def get(self, path: str, *, token: bool = False, **more: Any) -> TestResponse:
        """Ask; with the token where one is wanted."""
        return self._ask("GET", path, token=token, **more)

    def post(self, path: str, body: Any = None, *, token: bool = True, **more: Any) -> TestResponse:
        """Send JSON."""
        more = more if body is None else {"json": body, **more}
        return self._ask("POST", path, token=token, **more)

    def _ask(self, method: str, path: str, *, token: bool, **more: Any) -> TestResponse:
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {self.token}"} if token else {})}
        return self.client.open(path, method=method, headers=headers, buffered=True, **more)

    def file311(self, form: str = "json", *, key: str | None = None, test: bool = False, **fields: Any) -> TestResponse:
        """Send a report through Open311; `attribute_x=` stands for `attribute[x]`, None leaves a field out."""
        usual = {"service_code": "streetlight", "lat": "14.0295", "long": "100.5342", "description": "ไฟถนนดับสองดวง"}
        given = usual | {_field(name): value for name, value in fields.items()}
        given["api_key"] = self.token if key is None else key
        where = "test" if test else "v2"
        data = {name: value for name, value in given.items() if value is not None}
        return self.client.post(f"/open311/{where}/requests.{form}", data=data, buffered=True)


def _field(name: str) -> str:
    code = name.removeprefix("attribute_")
    if code == name:
        return name
    return f"attribute[{code[:-5]}][]" if code.endswith("_many") else f"attribute[{code}]"


def publish(office: Office, ticket: int, title: str = "ไฟถนนดับ", **given: Any) -> str:
    """Staff make a case public; its public name."""
    with office.database.begin() as session:
        row = Publication(ticket_id=ticket, shown=True, title=title, decided_at=office.now, **given)
        session.add(row)
        session.flush()
        return row.code


def ticket_of(office: Office, number: int) -> Ticket:
    """A case, as it is now."""
    with office.database.read() as session:
        found = session.get_one(Ticket, number)
        _ = found.department.name, found.history, found.kind_of
        return found


def newest(office: Office) -> Ticket:
    """The case that was filed last."""
    with office.database.read() as session:
        return ticket_of(office, session.scalars(select(Ticket.id).order_by(Ticket.id.desc())).first() or 0)


def count(office: Office) -> int:
    """How many cases there are."""
    with office.database.read() as session:
        return len(session.scalars(select(Ticket.id)).all())


def plain(page: TestResponse) -> Any:
    """A document of Open311 as plain data, whichever its form: lists are lists, and values are text."""
    if page.mimetype == "application/json":
        return json.loads(page.data, parse_float=str, parse_int=str, parse_constant=str)
    return _plain(ET.fromstring(page.data))


_LISTS = {"services", "attributes", "values", "service_requests", "endpoints", "formats", "notes", "errors"}


def _plain(element: ET.Element) -> Any:
    if element.tag in _LISTS:
        return [_plain(one) for one in element]
    if len(element):
        return {one.tag: _plain(one) for one in element}
    return element.text
