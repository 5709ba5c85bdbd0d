"""Whatever comes through the webhook, it answers in time and with reason, and good events survive bad neighbours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from models.database import Database
from models.incoming import POISONED, WAITING, Incoming
from tests.door import Knocker, opened, said, settings, sign, stored, webhook
from tests.openapi import anything_allowed

STRICT = Path(__file__).parents[2] / "shared" / "spec" / "line-openapi" / "webhook.strict.yml"

#: One web process for all examples: the webhook keeps nothing between requests but the rows.
MANY = examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

ANY_TEXT = st.text(max_size=40)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ANY_TEXT, inner, max_size=5),
    max_leaves=15,
)
#: Things that almost look like events: the right names with anything behind them.
NAMES = ("type", "mode", "timestamp", "source", "webhookEventId", "deliveryContext", "message", "unsend", "postback")
ALMOST = st.fixed_dictionaries(
    {},
    optional={
        name: ANY_JSON | st.sampled_from(["message", "active", {"type": "user", "userId": "U1"}, {"id": "1"}])
        for name in NAMES
    },
)


@pytest.fixture
def line(quick_database: Database) -> Iterator[Knocker]:
    """LINE's side of the webhook."""
    with opened(settings(f"sqlite:///{quick_database.file}")) as knocker:
        yield knocker


def emptied(database: Database) -> Database:
    """The same database without rows."""
    with database.begin() as session:
        session.query(Incoming).delete()
    return database


@MANY
@given(body=st.binary(max_size=300) | ANY_JSON.map(json.dumps).map(str.encode))
def test_any_signed_bytes_are_taken_or_refused(line: Knocker, quick_database: Database, body: bytes) -> None:
    database = emptied(quick_database)
    status = line.post(body)
    assert status in (200, 400)
    if status == 400:
        assert not stored(database)


@MANY
@given(body=st.binary(max_size=300), signature=st.text(st.characters(max_codepoint=255), max_size=60))
def test_strangers_store_nothing(line: Knocker, quick_database: Database, body: bytes, signature: str) -> None:
    assume(signature != sign(body))
    assert line.post(body, signature) in (400, 401)
    assert line.post(webhook(said(1)), signature) in (400, 401)
    assert not stored(quick_database)


@MANY
@given(junk=st.lists(ANY_JSON | ALMOST, max_size=6), places=st.lists(st.integers(0, 6), min_size=1, max_size=3))
def test_good_events_survive_bad_neighbours(
    line: Knocker, quick_database: Database, junk: list[Any], places: list[int]
) -> None:
    database = emptied(quick_database)
    batch = list(junk)
    for number, place in enumerate(places):
        batch.insert(place, said(number))
    body = json.dumps({"events": batch})
    assume("NaN" not in body)
    assume("Infinity" not in body)
    assert line.post(body.encode()) == 200
    rows = stored(database)
    waiting = {row.event_id for row in rows if row.state == WAITING}
    assert waiting >= {said(number)["webhookEventId"] for number in range(len(places))}
    assert all(row.error for row in rows if row.state == POISONED)
    for row in rows:
        json.loads(row.raw)


@pytest.fixture(scope="session")
def line_description() -> dict[str, Any]:
    """LINE's own description of its webhooks."""
    if not STRICT.exists():
        pytest.skip("../shared is absent: no webhooks made from LINE's description")
    content: dict[str, Any] = yaml.safe_load(STRICT.read_text())
    return content


@pytest.mark.shared
@MANY
@given(data=st.data())
def test_all_that_line_may_send_is_stored_to_be_handled(
    line: Knocker, quick_database: Database, line_description: dict[str, Any], data: st.DataObject
) -> None:
    database = emptied(quick_database)
    content = data.draw(anything_allowed("CallbackRequest", line_description))
    assert line.post(json.dumps(content).encode()) == 200
    rows = stored(database)
    assert [row for row in rows if row.state != WAITING] == []
    sent = {json.dumps(event, sort_keys=True) for event in content["events"]}
    assert {json.dumps(json.loads(row.raw), sort_keys=True) for row in rows} <= sent
    assert bool(rows) == bool(sent)
