"""What all of LINE's endpoints share: the token check, error bodies, ``x-line-request-id``, faults on demand, the
log.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from simulator import ids
from simulator.records import Call, Fault, Json, Refused
from simulator.world import World

MAX_BODY = 2 * 1024 * 1024
"""Bytes; LINE answers 413 above (reference: rate limits, request body)."""
OPEN_PATHS = ("/oauth2/",)
RETRIABLE = tuple(f"/v2/bot/message/{via}" for via in ("push", "multicast", "narrowcast", "broadcast"))
"""The endpoints that take a retry key; LINE answers 400 to one elsewhere (docs: retrying an API request)."""
Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def is_line(path: str) -> bool:
    """Whether a path belongs to LINE's API rather than to the simulator's own pages."""
    return path.startswith(("/v2/", "/oauth2/", "/bot/"))


def json_body() -> Json:
    """The JSON object of the request; ``Refused`` with 413 when larger than 2 MB and with 400 when it is no object."""
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise Refused(413, "Request body is too large")
    raw = request.get_data()
    if len(raw) > MAX_BODY:
        raise Refused(413, "Request body is too large")
    body = request.get_json(force=True, silent=True) if raw else None
    if not isinstance(body, dict):
        raise Refused(400, "The request body could not be parsed as JSON.")
    g.line_body = body
    return body


def install(app: Flask, world: World) -> None:
    """Hang the shared behaviour on a Flask app."""

    @app.before_request
    def begin() -> None:
        g.line_request_id, g.line_started, g.line_reason, g.line_body = ids.request_id(), time.perf_counter(), "", None
        if is_line(request.path):
            admit(world)

    @app.after_request
    def end(response: Response) -> Response:
        if is_line(request.path):
            response.headers["x-line-request-id"] = g.line_request_id
            _record(world, response.status_code)
        return response

    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[Response, int, dict[str, str]]:
        details = "; ".join(f"{d.get('property', '')}: {d['message']}" for d in error.details)
        g.line_reason = f"{error.message} ({details})" if details else error.message
        return jsonify(error.body()), error.status, error.headers

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int]:
        g.line_reason = error.name
        return jsonify({"message": error.name}), error.code or 500


def admit(world: World) -> None:
    """Let a call in, slowly when that is on; ``Refused`` without the token, with a stray retry key, or by a fault."""
    if world.switches.delay_ms:
        time.sleep(world.switches.delay_ms / 1000)
    if not request.path.startswith(OPEN_PATHS):
        check_token(world, request.headers.get("Authorization", ""))
    if "X-Line-Retry-Key" in request.headers and not request.path.endswith(RETRIABLE):
        raise Refused(400, "The 'X-Line-Retry-Key' header is not supported on this endpoint")
    fault = world.take_fault(request.path)
    if fault is not None:
        break_call(fault)


def check_token(world: World, header: str) -> None:
    """``Refused`` with 401 unless the header carries the channel's long-lived token or a living short one."""
    kind, _, token = header.partition(" ")
    with world.lock:
        alive = token == world.token or world.short_tokens.get(token, 0.0) > world.clock()
    if kind != "Bearer" or not token or not alive:
        message = (
            "Authentication failed. Confirm that the access token in the authorization header is valid."
            if token
            else "Authentication failed due to the following reason: missing access token"
        )
        raise Refused(401, message)


def break_call(fault: Fault) -> None:
    """Do what a fault says; ``drop_after`` only marks the request, ``Cutter`` cuts the line once it took effect."""
    match fault.kind:
        case "429":
            raise Refused(429, "The API rate limit has been exceeded. Try again later.")
        case "500":
            raise Refused(500, "Internal Server Error")
        case "slow":
            time.sleep(fault.ms / 1000)
        case "drop_before":
            g.line_reason = "connection dropped before the call took effect"
            request.environ["simulator.drop"] = True
            raise Refused(599, "connection dropped")
        case "drop_after":
            g.line_reason = "connection dropped after the call took effect"
            request.environ["simulator.drop"] = True


def _record(world: World, status: int) -> None:
    ms = (time.perf_counter() - g.line_started) * 1000
    body = g.line_body if isinstance(g.line_body, dict) else None
    call = Call(world.clock(), request.method, request.path, status, g.line_reason, g.line_request_id, ms, body)
    world.journal.calls.append(call)
    world.touch()


class Cutter:
    """WSGI middleware: where the app asked for it, the connection ends without an answer.

    With a socket the client sees a closed connection; in process it sees a ``ConnectionResetError``.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as the app does, unless the answer is to be lost."""
        late: list[tuple[Any, ...]] = []
        answer = self.app(environ, lambda *start: late.append(start))
        if environ.get("simulator.drop"):
            if hasattr(answer, "close"):
                answer.close()
            with suppress(OSError, KeyError):
                environ["werkzeug.socket"].shutdown(SHUT_RDWR)
            raise ConnectionResetError("the simulator dropped this connection")
        start_response(*late[0])
        return answer
