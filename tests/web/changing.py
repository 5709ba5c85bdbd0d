"""Changing settings as people do: fill in, look at the preview, confirm."""

from __future__ import annotations

import html
import re
from typing import Any

from werkzeug.test import TestResponse

from tests.web.office import Browser


def confirm(browser: Browser, path: str, **fields: Any) -> TestResponse:
    """Send the form, then confirm what the preview shows; the answer to that. The preview carries everything."""
    shown = browser.post(path, **fields)
    assert shown.status_code == 200, shown.text
    assert "ยืนยัน" in shown.text, shown.text
    return browser.post(path, **carried(shown), confirmed="1")


def carried(shown: TestResponse) -> dict[str, Any]:
    """The hidden fields of a preview."""
    found: dict[str, Any] = {}
    form = shown.text[shown.text.index('name="confirmed"') - 6000 if 'name="confirmed"' in shown.text else 0 :]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        if name not in ("csrf_token", "language", "back"):
            found.setdefault(name, []).append(html.unescape(value))
    for name, value in re.findall(r'<textarea name="([^"]+)" hidden>(.*?)</textarea>', shown.text, re.DOTALL):
        found[name] = html.unescape(value)
    return found
