"""``python -m simulator``: LINE on this machine, with a page of phones."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from simulator.cast import CAST
from simulator.page import find_fonts
from simulator.play import Simulator
from simulator.records import Json


def parser() -> argparse.ArgumentParser:
    """The command line."""
    asked = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Play the LINE Platform for a bot on this machine, with a page of phones. Everything is in memory.",
    )
    asked.add_argument("--port", type=int, default=8100, help="port of the API and of the page (0: any free one)")
    asked.add_argument("--host", default="127.0.0.1", help="address to listen on; the page answers this machine only")
    asked.add_argument("--webhook", default="", metavar="URL", help="where the bot takes webhooks")
    asked.add_argument("--secret", default="secret", help="channel secret: webhooks are signed with it")
    asked.add_argument("--token", default="token", help="channel access token that the bot must present")
    asked.add_argument("--name", default="ส่งเสียง", help="the bot's name")
    asked.add_argument("--quota", default="300", help="messages per month, or 'none'")
    asked.add_argument(
        "--world", type=Path, metavar="FILE", help="JSON with users, groups and places (see simulator.cast)"
    )
    asked.add_argument("--fonts", type=Path, metavar="DIR", help="folder of @fontsource/sarabun (found by itself)")
    asked.add_argument(
        "--strict-media", action="store_true", help="refuse http media URLs of this machine too, as LINE does"
    )
    return asked


def make(wanted: argparse.Namespace) -> Simulator:
    """The simulator that the command line asks for, not yet started. Raises ValueError for a wrong quota or world."""
    people: Json = json.loads(wanted.world.read_text("utf-8")) if wanted.world else CAST
    simulator = Simulator(
        secret=wanted.secret,
        token=wanted.token,
        webhook_url=wanted.webhook,
        bot_name=wanted.name,
        quota=None if wanted.quota == "none" else int(wanted.quota),
        host=wanted.host,
        port=wanted.port,
        loopback_http=not wanted.strict_media,
        fonts=wanted.fonts or find_fonts(),
    )
    simulator.seed(people)
    return simulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted."""
    wanted = parser().parse_args(arguments)
    try:
        simulator = make(wanted)
    except (ValueError, OSError) as wrong:
        print(f"simulator: {wrong}", file=sys.stderr)
        return 2
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with simulator:
        print(f"LINE (simulated): {simulator.url}  webhook: {simulator.webhook_url or 'none yet'}", flush=True)
        over.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
