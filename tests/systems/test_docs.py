"""docs/api.md and docs/open311.md: every example is asked as it stands there, and answered as it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.systems.system import System, publish
from tests.web.office import Office

DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Example:
    """A request as the page shows it, and what the answer must hold: the status first."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    parts: tuple[str, ...]


def examples(name: str) -> list[Example]:
    """The examples of a page, in order."""
    text = (DOCS / name).read_text("utf-8")
    found = []
    for asked, told in re.findall(r"```http\n(.*?)```\n```answer\n(.*?)```", text, re.DOTALL):
        head, _, body = asked.strip().partition("\n\n")
        first, *lines = head.splitlines()
        method, path = first.split(" ", 1)
        status, *parts = told.strip().splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        found.append(Example(method, path, headers, body, int(status), tuple(parts)))
    return found


@pytest.mark.parametrize("name", ["api.md", "open311.md"])
def test_every_example_is_answered_as_the_page_says(office: Office, name: str) -> None:
    system = System(office)
    publish(office, office.case(), title="ไฟดับหน้าวัด")
    shown = examples(name)
    assert len(shown) >= 4
    for one in shown:
        body = one.body.replace("{token}", system.token)
        if "urlencoded" in one.headers.get("Content-Type", ""):
            body = quote(body, safe="=&[]/. ").replace(" ", "+")
        headers = {key: value.replace("{token}", system.token) for key, value in one.headers.items()}
        page = system.client.open(one.path, method=one.method, headers=headers, data=body.encode(), buffered=True)
        assert page.status_code == one.status, (one.path, page.text)
        for part in one.parts:
            assert part in page.text, (one.path, part, page.text)


def test_the_pages_leave_no_request_without_an_answer() -> None:
    for name in ("api.md", "open311.md"):
        assert (DOCS / name).read_text("utf-8").count("```http") == len(examples(name))


def test_the_python_of_the_page_checks_our_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from bot.signing import signature

    text = (DOCS / "api.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    is_ours = names["is_ours"]
    assert callable(is_ours)
    now = datetime(2026, 11, 20, 3, tzinfo=UTC)
    monkeypatch.setattr("time.time", now.timestamp)
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"id":"case_1"}'
    headers = signature(secret, "case_1", now, body)
    assert is_ours(secret, headers, body)
    assert not is_ours(secret, headers, body + b" ")
