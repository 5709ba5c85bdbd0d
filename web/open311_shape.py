"""GeoReport v2's two written forms, from one description: XML without a namespace, and JSON by the Spark convention.

The outer element falls away in JSON; an element that repeats becomes an array always, also with one item or none; an
empty element is null. Content types, the XML declaration and the order of fields are those of the standard
(https://wiki.open311.org/GeoReport_v2/, https://wiki.open311.org/JSON_and_XML_Conversion/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

#: Elements that hold a list, and what one of it is called.
_ONE_OF = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "errors": "error",
}
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
#: Characters that XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Plain = Mapping[str, Any] | Sequence[Any] | str | float | bool | None


def fit_for_xml(text: str) -> str:
    """The text without what XML 1.0 cannot hold: one such character would make a whole document unreadable."""
    return _NO_XML.sub("\ufffd", text)


def write(form: str, name: str, content: Plain) -> bytes:
    """The document `name` (services, service_definition, …) as "xml" or "json"."""
    if form == "json":
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(name, content)}'.encode()


def _element(name: str, content: Plain) -> str:
    inside = _inside(name, content)
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def _inside(name: str, content: Plain) -> str:
    if content is None:
        return ""
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, str):
        return escape(fit_for_xml(content))
    if isinstance(content, int | float):
        return repr(content)
    if isinstance(content, Mapping):
        return "".join(_element(key, value) for key, value in content.items())
    return "".join(_element(_ONE_OF[name], one) for one in content)
