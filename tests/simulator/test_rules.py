"""What LINE refuses is refused, in LINE's words; what it accepts passes. LINE's own description agrees where it can."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.checks import problems
from simulator.rules import graphemes
from tests.simulator.bodies import BAD, GOOD, USER, WIDE, bubble, flex, photo, words
from tests.simulator.conftest import Client, text
from tests.simulator.strict_spec import complaint

Json = dict[str, Any]
PUSH = "/v2/bot/message/push"


def pushed(*messages: Json) -> Json:
    return {"to": USER, "messages": list(messages)}


@pytest.mark.parametrize("name", GOOD)
def test_accepts(name: str) -> None:
    assert problems("push", pushed(GOOD[name])) == []


@pytest.mark.parametrize("name", BAD)
def test_refuses(name: str) -> None:
    assert problems("push", pushed(BAD[name])) != []


@pytest.mark.shared
@pytest.mark.parametrize("name", GOOD)
def test_line_accepts_too(name: str) -> None:
    assert complaint(PUSH, pushed(GOOD[name])) == ""


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("reply", {"messages": [text("ก")]}),
        ("reply", {"replyToken": "x", "messages": []}),
        ("reply", {"replyToken": "x", "messages": [text("ก")] * 6}),
        ("reply", {"replyToken": "x", "messages": text("ก")}),
        ("reply", {"replyToken": "x", "messages": [text("ก")], "to": USER}),
        ("push", {"messages": [text("ก")]}),
        ("push", {"to": "somsri", "messages": [text("ก")]}),
        ("push", {"to": USER, "messages": [text("ก")], "notificationDisabled": "no"}),
        ("push", {"to": USER, "messages": [text("ก")], "customAggregationUnits": ["a", "b"]}),
        ("push", {"to": USER, "messages": [text("ก")], "customAggregationUnits": ["หน่วย"]}),
        ("multicast", {"to": [], "messages": [text("ก")]}),
        ("multicast", {"to": [USER] * 501, "messages": [text("ก")]}),
        ("multicast", {"to": ["C" + "0" * 32], "messages": [text("ก")]}),
        ("broadcast", {"messages": []}),
        ("validate", {}),
    ],
)
def test_refuses_bodies(kind: str, body: Json) -> None:
    assert problems(kind, body) != []


def test_labels_are_counted_in_clusters() -> None:
    assert (len(WIDE), graphemes(WIDE)) == (27, 20)


def test_loopback_pictures_pass_only_when_switched_on() -> None:
    url = "http://127.0.0.1:8000/photo/1.jpg"
    body = pushed(photo(originalContentUrl=url, previewImageUrl=url))
    assert problems("push", body) != []
    assert problems("push", body, loopback_http=True) == []
    elsewhere = pushed(photo(originalContentUrl="http://example.org/a.jpg"))
    assert problems("push", elsewhere, loopback_http=True) != []


def test_refusals_are_worded_as_lines_are(client: Client) -> None:
    answer = client.push(USER, text(""))
    assert answer.status == 400
    assert answer.json() == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be empty", "property": "messages[0].text"}],
    }
    assert answer.headers["x-line-request-id"]
    answer = client.push(USER, text("ก"), flex(bubble(words(), words(color="red"))))
    assert answer.json()["message"] == "A message (messages[1]) in the request body is invalid"
    assert answer.json()["details"][0]["property"] == "/body/contents/1/color"


@pytest.mark.parametrize("via", ["reply", "push", "multicast", "narrowcast", "broadcast"])
def test_validate_checks_without_sending(client: Client, via: str) -> None:
    path = f"/v2/bot/message/validate/{via}"
    assert client.call("POST", path, {"messages": [GOOD["flex"]]}).status == 200
    assert client.call("POST", path, {"messages": [BAD["text empty"]]}).status == 400


_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6000),
    st.sampled_from(["", "x" * 21, "x" * 41, "x" * 301, "x" * 1501, "red", "#12345", "https://", "http://a.b/", "ก า"]),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
)


def _places(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a JSON value where something can be changed."""
    found = [path] if path else []
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        found += _places(value, (*path, key))
    return found


def _change(body: Json, path: tuple[str | int, ...], what: str, odd: object) -> None:
    holder: Any = body
    for key in path[:-1]:
        holder = holder[key]
    if what == "drop":
        del holder[path[-1]]
    elif what == "odd":
        holder[path[-1]] = odd
    else:
        holder[path[-1]] = [copy.deepcopy(holder[path[-1]])] * 15


@pytest.mark.shared
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_what_passes_here_passes_lines_description(data: st.DataObject) -> None:
    """Accepted messages with one thing changed: whatever we still accept, LINE's description must accept as well."""
    body = pushed(copy.deepcopy(GOOD[data.draw(st.sampled_from(sorted(GOOD)))]))
    path = data.draw(st.sampled_from(_places(body)))
    _change(body, path, data.draw(st.sampled_from(["drop", "odd", "many"])), data.draw(_ODD))
    if not problems("push", body):
        assert complaint(PUSH, body) == ""
