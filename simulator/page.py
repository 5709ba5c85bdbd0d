"""The page with the phones: its files, the fonts, and the headers that keep a message from doing anything but be
shown.
"""

from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from flask.typing import ResponseReturnValue

from simulator.world import World

STATIC = Path(__file__).parent / "static"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data: https: http://127.0.0.1:* http://localhost:*; "
    "media-src 'self' blob: https: http://127.0.0.1:* http://localhost:*; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Pictures may come from anywhere (bots link to them); scripts and styles only from here, and none inline."""


def blueprint(world: World, fonts: Path | None) -> Blueprint:
    """``/``, ``/sim/static/…`` and ``/sim/font/…``."""
    page = Blueprint("page", __name__)

    @page.get("/")
    def index() -> Response:
        answer = send_from_directory(STATIC, "index.html")
        answer.headers["Content-Security-Policy"] = CSP
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    @page.get("/sim/static/<path:name>")
    def static(name: str) -> Response:
        return send_from_directory(STATIC, name, max_age=0)

    @page.get("/sim/font/<name>")
    def font(name: str) -> ResponseReturnValue:
        if fonts is None or not name.endswith(".woff2"):
            return Response(status=404)
        return send_from_directory(fonts / "files", name, max_age=86_400)

    @page.get("/favicon.ico")
    def icon() -> Response:
        return send_from_directory(STATIC, "icon.svg")

    @page.after_request
    def harden(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.path != "/":
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return page


def find_fonts(start: Path | None = None) -> Path | None:
    """The folder of @fontsource/sarabun in ``node_modules`` at or above ``start`` (by default the working directory,
    then where this package lies); None when it is not installed.
    """
    for root in [start] if start else [Path.cwd(), STATIC]:
        for folder in [root, *root.parents]:
            found = folder / "node_modules" / "@fontsource" / "sarabun"
            if (found / "files").is_dir():
                return found
    return None
