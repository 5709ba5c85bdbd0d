"""The key ceremony (พิธีกุญแจ), step by step: make the key that opens the envelopes, prove that its holders can open one.

The private half never comes here before closing. It is made in the browser of this page (static/poll_keys.js), saved
and printed there by its holders, and only its public half is sent; a test ballot is opened in the browser too. Whoever
trusts no browser makes the keys with `songsiang poll` on another machine and brings the public halves.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from flask import Response, request
from werkzeug.datastructures import FileStorage

from ballots import keys
from models import poll_drafts, poll_life
from models.poll_drafts import rules_of
from models.polls import NotAllowed
from web import access
from web.desk import Desk, Page, needs
from web.polls import done, find, page, pages, tell, told

__all__ = ["pages"]

#: The largest file with a key: a few lines.
_LARGEST = 20_000
_KEY = re.compile(r"(?:[0-9a-f]{4}[ \t-]?){16}", re.ASCII | re.IGNORECASE)


class NoKey(ValueError):
    """No key can be read from what was typed or brought; the text is the name of what to tell."""


def typed_key(text: str) -> bytes:
    """A private key that somebody typed, pasted or brought in a file: 64 hexadecimal digits, in groups or not. Raises
    NoKey."""
    found = _KEY.findall(text)
    if not found:
        raise NoKey("polls.key_unreadable")
    return bytes.fromhex(re.sub(r"[^0-9a-fA-F]", "", found[-1]))


def brought_text(name: str) -> str:
    """What was typed into a field, or the text of the file beside it."""
    upload: FileStorage | None = request.files.get(f"{name}_file")
    if upload is not None and upload.filename:
        return upload.stream.read(_LARGEST).decode("utf-8", "replace")
    return request.form.get(name, "")


def office_key() -> bytes:
    """The office's own signing key, from its locked file and passphrase. Raises NoKey."""
    file = brought_text("auth").strip().encode()
    if not file:
        raise NoKey("polls.auth_missing")
    try:
        return keys.unlock(file, request.form.get("passphrase", ""), "auth")
    except keys.WrongKey:
        raise NoKey("polls.auth_wrong") from None


# -- the page ----------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/keys")
@needs(access.may_run_polls)
def keys_page(desk: Desk, number: int) -> Page:
    """Where the ceremony stands."""
    poll = find(desk, number, "draft")
    rehearsal = poll.rehearsal
    seal = {
        "code": poll.code,
        "public": poll.seal_public or "",
        "envelope": rehearsal.get("envelope", ""),
        "holders": rehearsal.get("holders", []),
        "shares": rehearsal.get("shares", {}),
        "title": poll.title,
        "said": {name: desk.w(f"polls.key_{name}") for name in ("file_head", "file_keep", "holder", "wrong", "opened")},
    }
    return page(desk, "polls/keys.html", poll, seal=seal, holders=rules_of(poll).holders)


@pages.post("/<int:number>/keys")
@needs(access.may_run_polls)
def take_seal(desk: Desk, number: int) -> Page:
    """Take the public half, and of three holders their names, public keys and the nested envelopes."""
    poll = find(desk, number, "draft")
    try:
        names, holders, shares = _holders()
    except (ValueError, TypeError):
        desk.tell("polls.key_unreadable", "bad")
        return desk.go("polls.keys_page", number=number)
    public = re.sub(r"\s", "", request.form.get("public", "")).lower()
    with told(desk):
        poll_life.use_seal(
            desk.session, desk.viewer, number, public, desk.now, holders=holders or None, shares=shares or None
        )
        rules = replace(rules_of(poll), holders=names)
        poll_drafts.edit(desk.session, desk.viewer, number, desk.now, rules=rules)
        poll_life.begin_rehearsal(desk.session, desk.viewer, number, desk.now)
        desk.tell("polls.key_taken")
    return desk.go("polls.keys_page", number=number)


def _holders() -> tuple[tuple[str, ...], dict[str, str], dict[str, str]]:
    """Names of the holders; of three also their public keys and the envelopes. Raises ValueError, TypeError."""
    names = tuple(name.strip()[:120] for name in request.form.getlist("holder") if name.strip())
    if len(names) not in (1, 3) or len(set(names)) != len(names):
        raise ValueError("holders")
    if len(names) == 1:
        return names, {}, {}
    made = json.loads(request.form.get("shares", ""))
    publics = [str(public) for public in made["publics"]]
    shares = {str(pair): str(envelope) for pair, envelope in made["shares"].items()}
    return names, dict(zip(names, publics, strict=True)), shares


@pages.post("/<int:number>/keys/again")
@needs(access.may_run_polls)
def test_again(desk: Desk, number: int) -> Page:
    """A new test ballot."""
    find(desk, number, "draft")
    done(
        desk,
        "polls.key_new_test",
        lambda: poll_life.begin_rehearsal(desk.session, desk.viewer, number, desk.now),
    )
    return desk.go("polls.keys_page", number=number)


@pages.post("/<int:number>/keys/rehearse")
@needs(access.may_run_polls)
def rehearse(desk: Desk, number: int) -> Page:
    """What the holders have read in the test ballot."""
    find(desk, number, "draft")
    answer = request.form.get("answer", "")
    done(
        desk,
        "polls.key_rehearsed",
        lambda: poll_life.rehearse(desk.session, desk.viewer, number, answer, desk.now),
    )
    return desk.go("polls.keys_page", number=number)


# -- the office's own key ----------------------------------------------------------------------------------------------


@pages.post("/auth")
@needs(access.may_run_polls)
def make_auth(desk: Desk) -> Page:
    """A signing key for the office, locked with a passphrase, as a file to be kept. It is not kept here."""
    passphrase = request.form.get("passphrase", "")
    back = request.form.get("number", "")
    if passphrase != request.form.get("again", "") or len(passphrase) < keys.PASSPHRASE_LEAST:
        desk.tell("polls.auth_passphrase", "bad", least=keys.PASSPHRASE_LEAST)
        return desk.go("polls.show", number=int(back)) if back.isdecimal() else desk.go("polls.index")
    secret = keys.new_signing()
    file = keys.lock(secret, passphrase, "auth")
    desk.record("poll.auth_made", "poll:0", None, {"public": keys.verify_key(secret)})
    response = Response(file, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="songsiang-auth.key.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def refuse(desk: Desk, trouble: NoKey | NotAllowed) -> None:
    """Say why a key was not taken."""
    if isinstance(trouble, NotAllowed):
        tell(desk, trouble)
    else:
        desk.tell(str(trouble), "bad")
