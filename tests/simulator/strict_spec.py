"""LINE's own OpenAPI description (made strict, in ../shared/spec) as an independent judge; skips where it is absent.

Its ``maxLength`` counts code points; LINE counts grapheme clusters in labels and some other texts, so that the judge is
handed such texts with every cluster shortened to one letter.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import regex
import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from openapi_schema_validator import OAS30Validator

from simulator import Simulator

Json = dict[str, Any]
SPEC = Path(__file__).resolve().parents[3] / "shared" / "spec" / "line-openapi"
_IN_CLUSTERS = frozenset({"label", "displayText", "fillInText", "title", "chatBarText"})
_TEXT_IN_CLUSTERS = ("message", "postback", "buttons", "confirm", None)
"""Types (None: a carousel's column) whose ``text`` is counted in clusters; a text message's and Flex's are not."""


@lru_cache
def _judge(name: str) -> OpenAPI:
    path = SPEC / name
    if not path.is_file():
        pytest.skip(f"no {name} beside this repository: LINE's description cannot judge here")
    return OpenAPI.from_dict(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))


def plain(node: object) -> object:
    """The same JSON with grapheme clusters of cluster-counted texts replaced by single letters."""
    if isinstance(node, list):
        return [plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    counted = set(_IN_CLUSTERS)
    if kind in _TEXT_IN_CLUSTERS:
        counted.add("text")
    if kind == "location":
        counted.discard("title")
    return {
        key: regex.sub(r"\X", "x", value) if key in counted and isinstance(value, str) else plain(value)
        for key, value in node.items()
    }


def complaint(path: str, body: Json, method: str = "post") -> str:
    """What LINE's description has against this body at this endpoint; "" when nothing."""
    request = MockRequest(
        "https://api.line.me",
        method,
        path,
        headers={"Authorization": "Bearer token"},
        content_type="application/json",
        data=json.dumps(plain(body)).encode(),
    )
    try:
        _judge("messaging-api.strict.yml").validate_request(request)
    except OpenAPIError as wrong:
        cause = wrong.__cause__ or wrong
        return str(getattr(cause, "schema_errors", None) or cause)[:500] or repr(cause)
    return ""


def complaints(line: Simulator) -> list[str]:
    """What LINE's description has against the bodies that the simulator accepted; empty is what a test wants to see."""
    judged = [call for call in line.calls("/v2/bot/") if call.method == "POST" and call.body and not call.reason]
    found = [(call, complaint(call.path, call.body or {})) for call in judged]
    return [f"{call.path}: {wrong} {json.dumps(call.body, ensure_ascii=False)[:400]}" for call, wrong in found if wrong]


@lru_cache
def _events() -> OAS30Validator:
    path = SPEC / "webhook.strict.yml"
    if not path.is_file():
        pytest.skip("no webhook.strict.yml beside this repository: LINE's description cannot judge here")
    whole = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return OAS30Validator({"$ref": "#/components/schemas/CallbackRequest", "components": whole["components"]})


def event_complaint(body: Json) -> str:
    """What LINE's webhook description has against this webhook body; "" when nothing."""
    wrong = next(_events().iter_errors(body), None)
    if wrong is None:
        return ""
    return f"{wrong.json_path}: {wrong.message[:300]} {[one.message[:200] for one in wrong.context or []]}"
