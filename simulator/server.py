"""The WSGI app (LINE's API, the control API, the page) and a small threaded server that can be stopped at once."""

import socket
import socketserver
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from simulator import api, api_menus, control, page, wire
from simulator.acts import Acts
from simulator.deliver import Courier
from simulator.wire import App
from simulator.world import World


def create_app(world: World, courier: Courier, *, fonts: Path | None = None) -> App:
    """The whole simulator as one WSGI app. ``fonts``: the folder of @fontsource/sarabun, when it is installed."""
    app = Flask("simulator", static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    app.json.sort_keys = False  # type: ignore[attr-defined]
    wire.install(app, world)
    app.register_blueprint(api.blueprint(world, courier))
    app.register_blueprint(api_menus.blueprint(world))
    app.register_blueprint(control.blueprint(Acts(world, courier)))
    app.register_blueprint(page.blueprint(world, fonts))
    return wire.Cutter(app.wsgi_app)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is werkzeug's
        """Say nothing on the terminal; the journal has it all."""


class _Listener(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, app: App) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(host, port, app, handler=_Handler)

    def get_request(self) -> tuple[Any, Any]:
        """Keep track of the connections, so that ``stop`` can end the idle ones."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Server:
    """Serves the app from a thread of its own; port 0 takes a free one."""

    def __init__(self, app: App, host: str = "127.0.0.1", port: int = 0) -> None:
        self._listener = _Listener(host, port, app)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.25}, daemon=True
        )
        self.host, self.port = host, self._listener.server_port

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End: no new connections, the open ones are closed, every thread is waited for a moment."""
        ending = threading.Thread(target=self._listener.shutdown)
        ending.start()
        with suppress(OSError):  # wakes the waiting select at once, where the system allows it
            self._listener.socket.shutdown(socket.SHUT_RDWR)
        ending.join()
        self._thread.join()
        for connection in list(self._listener.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        socketserver.TCPServer.server_close(self._listener)
