"""Headless Chromium for tests and screenshots, and the demo's page as a person uses it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

#: As root in a container, without a graphics card, and without asking the network for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Milliseconds that a page on a busy machine may take to become what is expected of it.
PATIENCE = 20_000
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The path of the installed Chromium. Without one the test is skipped, saying so; in CI it fails."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed; .ci/run installs it")
        pytest.skip("Chromium is not installed")
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield running
        finally:
            running.close()


class Phone:
    """One phone on the simulator's page."""

    def __init__(self, page: Page, chat: str) -> None:
        self.page = page
        self.frame: Locator = page.locator(f'.phone[data-chat="{chat}"]')
        self.lines: Locator = self.frame.locator(".lines")

    def says(self, words: str) -> None:
        """Type and send."""
        box = self.frame.get_by_label("พิมพ์ข้อความ")
        box.fill(words)
        box.press("Enter")

    def taps(self, label: str) -> None:
        """Press the newest button with this label."""
        self.frame.get_by_role("button", name=label, exact=True).last.click()

    def sees(self, words: str, seconds: float = 15) -> None:
        """Wait until these words are in the chat."""
        self.lines.get_by_text(words).last.wait_for(timeout=seconds * 1000)
