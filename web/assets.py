"""Styles, scripts and fonts: our own from `static/`, others' from `node_modules`; never from another host.

An address carries a hash of what it serves (`/assets/<hash>/own/console.css`), so that browsers may keep it for ever.
Where `node_modules` is absent (`make setup` was not run) pages work without: no map, no charts, another font.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cached_property
from pathlib import Path
from threading import Lock

from flask import Blueprint, Response, abort, request, send_file

from web.access import anyone

OWN = Path(__file__).parent / "static"

#: Which files of which npm packages are served: the beginnings of their paths.
SERVED = {
    "@fontsource/sarabun": ("400.css", "600.css", "700.css", "files/"),
    "htmx.org": ("dist/htmx.min.js",),
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "dist/images/"),
    "chart.js": ("dist/chart.umd.js", "dist/chart.umd.min.js"),
    "tweetnacl": ("nacl-fast.min.js",),
    "tweetnacl-sealedbox-js": ("sealedbox.web.js",),
}

#: Kinds that a browser may be given; decided here, not by the machine's own table of types.
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


#: Kinds that packing makes smaller; fonts and pictures are packed already.
PACKED = (".css", ".js", ".svg")


class Assets:
    """The files that pages may ask for. `modules` is the folder of npm packages, or None."""

    def __init__(self, modules: Path | None) -> None:
        self._modules = modules
        self._hashes: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._packed: dict[tuple[Path, int, int], bytes] = {}
        self._lock = Lock()

    def address(self, name: str) -> str | None:
        """Where `own/<path>` or `<package>/<path>` is served; None where it is not installed."""
        known = self._addresses.get(name)  # asked for on every page; what is there stays there
        if known is None:
            package, path = split(name)
            if self.file(package, path) is None:
                return None
            known = self._addresses[name] = f"/assets/{self.hash(package)}/{package}/{path}"
        return known

    def file(self, package: str, path: str) -> Path | None:
        """The file itself, if it may be served."""
        root = self._root(package)
        if root is None or not self._allowed(package, path):
            return None
        found = (root / path).resolve()
        inside = found.is_relative_to(root.resolve()) and found.suffix in TYPES
        return found if inside and found.is_file() else None

    def hash(self, package: str) -> str:
        """Stands for the content: of our own files a hash over all, of a package its name and version."""
        with self._lock:
            if package not in self._hashes:
                self._hashes[package] = self._own if package == "own" else self._version(package)
            return self._hashes[package]

    def packed(self, file: Path) -> bytes | None:
        """The file packed for slow lines, kept in memory; None for kinds that are packed already."""
        if file.suffix not in PACKED:
            return None
        stat = file.stat()
        key = (file, stat.st_mtime_ns, stat.st_size)
        with self._lock:
            known = self._packed.get(key)
        if known is None:
            known = gzip.compress(file.read_bytes(), 9, mtime=0)
            with self._lock:
                self._packed[key] = known
        return known

    def _root(self, package: str) -> Path | None:
        if package == "own":
            return OWN
        return self._modules / package if self._modules and package in SERVED else None

    def _allowed(self, package: str, path: str) -> bool:
        return package == "own" or path.startswith(SERVED.get(package, ()))

    def _version(self, package: str) -> str:
        root = self._root(package)
        try:
            version = json.loads((root / "package.json").read_text(encoding="utf-8"))["version"] if root else ""
        except (OSError, ValueError, KeyError):
            version = ""
        return hashlib.sha256(f"{package}@{version}".encode()).hexdigest()[:12]

    @cached_property
    def _own(self) -> str:
        total = hashlib.sha256()
        for file in sorted(OWN.rglob("*")):
            if file.is_file():
                total.update(file.relative_to(OWN).as_posix().encode() + b"\0" + file.read_bytes())
        return total.hexdigest()[:12]


def split(name: str) -> tuple[str, str]:
    """“@fontsource/sarabun/400.css” as package and path within it."""
    parts = name.split("/", 2 if name.startswith("@") else 1)
    return "/".join(parts[:-1]), parts[-1]


def find_modules(start: Path) -> Path | None:
    """The `node_modules` at or above `start`, if there is one."""
    return next((f / "node_modules" for f in (start, *start.parents) if (f / "node_modules").is_dir()), None)


def blueprint(assets: Assets) -> Blueprint:
    """`/assets/<hash>/<name>`."""
    pages = Blueprint("assets", __name__)

    @pages.get("/assets/<mark>/<path:name>")
    def asset(mark: str, name: str) -> Response:
        package, path = split(name)
        found = assets.file(package, path)
        if found is None:
            abort(404)
        packed = assets.packed(found) if request.accept_encodings.quality("gzip") > 0 else None
        if packed is None:
            response = send_file(found, TYPES[found.suffix])
        else:
            response = Response(packed, mimetype=TYPES[found.suffix])
            response.headers["Content-Encoding"] = "gzip"
        if found.suffix in PACKED:
            response.vary.add("Accept-Encoding")
        fresh = mark == assets.hash(package)  # a page from before the last update still gets its styles, unkept
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return response

    asset.right = anyone  # type: ignore[attr-defined]
    return pages
