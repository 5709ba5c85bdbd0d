"""The served description against the code: every route is described, and schemathesis finds no answer that is not."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from models.polls import Poll
from tests.systems.system import System, publish
from tests.web.office import Office
from web.api import description

#: Requests that schemathesis makes up for each operation: enough to meet every kind of fault, few enough for two cores.
EXAMPLES = 25


def test_the_document_is_openapi_3_1() -> None:
    validate(description())
    assert description()["openapi"] == "3.1.0"


def test_every_route_is_described_and_every_description_has_a_route(office: Office) -> None:
    described = {
        (method.upper(), path)
        for path, item in description()["paths"].items()
        for method in item
        if method != "parameters"
    }
    served = set()
    for rule in office.app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.rule != "/api/v1/openapi.json":
            path = re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
            served |= {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert described == served


def test_scopes_in_the_description_are_those_of_the_code(office: Office) -> None:
    for path, item in description()["paths"].items():
        for method, operation in item.items():
            said = re.findall(r"`(cases\.[a-z]+)`", operation.get("description", ""))
            view = office.app.view_functions[f"api.{operation['operationId']}"] if said else None
            assert not said or getattr(view, "scope", None) == said[0], (method, path)


@pytest.fixture
def busy(office: Office) -> System:
    """A system in a town in which something is going on."""
    system = System(office, per_minute=6000, per_day=100_000)
    for n in range(4):
        publish(office, office.case(f"เรื่องที่ {n}"), moo=n + 1)
    with office.database.begin() as session:
        session.add(Poll(code="a" * 16, title="เลือกสี", state="draft", created_at=office.now))
    return system


_SKIPPED = ("/cases/{number}/photos",)  # pictures are tried in test_api.py: made-up bytes are never one


@pytest.mark.parametrize("path", [path for path in description()["paths"] if path not in _SKIPPED])
def test_schemathesis_finds_nothing_that_is_not_described(busy: System, path: str) -> None:
    config = SchemathesisConfig.discover()
    schema = schemathesis.openapi.from_dict(
        dict(description()) | {"servers": [{"url": "http://localhost/api/v1"}]}, config=config
    )
    schema.app = busy.office.app
    checks = [status_code_conformance, content_type_conformance, response_schema_conformance, unsupported_method]
    for method in schema[path]:
        operation = schema[path][method]

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @schemathesis_given(operation)  # type: ignore[untyped-decorator]
        def ask(case: Any) -> None:
            _real(case)
            response = case.call(headers={"Authorization": f"Bearer {busy.token}"})
            assert response.status_code < 500, response.text
            case.validate_response(response, checks=checks)

        ask()


def schemathesis_given(operation: Any) -> Any:
    """hypothesis' @given with what schemathesis makes up for an operation: right and wrong requests."""
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return given(case=modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode)))


def _real(case: Any) -> None:
    """Made-up numbers meet no case: every other one is a real one."""
    parameters = case.path_parameters
    if (
        parameters
        and "number" in parameters
        and isinstance(parameters["number"], str)
        and len(parameters["number"]) % 2
    ):
        parameters["number"] = "2570-00001"
