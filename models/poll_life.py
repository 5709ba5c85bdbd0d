"""A poll's life up to closing: the checklist, freezing, opening by two officers, extending, cancelling.

Every verb takes who acts (`models.audit.Actor`, or anything with its fields) and writes the audit itself. What a verb
refuses it says by NotAllowed's `reason`; pages have words for each. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ballots import board as chain
from ballots import canonical, entries, keys, manifest, requirements
from ballots.manifest import Level
from models import audit, roll
from models.key_room import KeyRoom
from models.poll_drafts import RollCounts, manifest_for, manifest_of, rules_of, stamp
from models.poll_rounds import append
from models.polls import NotAllowed, Poll, locked
from models.roll import RollRow
from models.staff import Staff

#: Levels for which people come onto the roll by themselves: it has to grow.
BY_THEMSELVES = (Level.OPEN, Level.DECLARED)


# -- the checklist -----------------------------------------------------------------------------------------------------


def checklist(session: Session, keyroom: KeyRoom, poll: Poll, now: datetime) -> list[str]:
    """What still stands between this draft and freezing, by code; empty when it may be frozen.

    Codes are those of `ballots.requirements.problems`, and: `seal_missing`, `not_rehearsed`, `roll_empty`,
    `grows`, `households`, `closes_past`, `binds_missing`, `opening_missing`.
    """
    found = [code for code, wrong in _own_checks(session, poll, now) if wrong]
    if poll.opens_at is not None and poll.closes_at is not None:
        draft = manifest_for(session, poll, count_roll(session, keyroom, poll), keyroom.make_link(poll.code))
        found += requirements.problems(draft)
    return list(dict.fromkeys(found))


def _own_checks(session: Session, poll: Poll, now: datetime) -> list[tuple[str, bool]]:
    rules = rules_of(poll)
    known = roll.count(session, poll.id)
    homeless = roll.count(session, poll.id, RollRow.household.is_(None))
    return [
        ("opening_missing", poll.opens_at is None or poll.closes_at is None),
        ("closes_past", poll.closes_at is not None and poll.closes_at <= now),
        ("seal_missing", poll.seal_public is None),
        ("not_rehearsed", not poll.rehearsed),
        ("roll_empty", known == 0 and not rules.grows),
        ("grows", rules.minimum in BY_THEMSELVES and not rules.grows),
        ("households", rules.household_quota > 0 and (homeless > 0 or rules.minimum in BY_THEMSELVES)),
        ("binds_missing", not rules.binds.strip()),
    ]


def count_roll(session: Session, keyroom: KeyRoom, poll: Poll) -> RollCounts:
    """The roll in numbers, and its fingerprint over keyed hashes of its rows."""
    mine = RollRow.poll_id == poll.id
    ids = roll.roll_ids(session, poll.id)
    named = keyroom.identity()
    by_level = select(RollRow.level, func.count()).where(mine).group_by(RollRow.level)
    by_area = select(RollRow.area, func.count()).where(mine).group_by(RollRow.area)
    houses = select(RollRow.area, func.count(RollRow.household.distinct())).where(mine).group_by(RollRow.area)
    return RollCounts(
        persons=len(ids),
        by_level=_numbers(session, by_level),
        by_area=_numbers(session, by_area),
        households=_numbers(session, houses),
        all_households=session.scalar(select(func.count(RollRow.household.distinct())).where(mine)) or 0,
        fingerprint=keys.roll_fingerprint(keys.keyed(named, "roll", f"{poll.code}|{each.hex()}") for each in ids),
    )


def _numbers(session: Session, found: Select[str, int]) -> dict[str, int]:
    return {name: number for name, number in session.execute(found)}  # noqa: C416 - dict() knows no rows


# -- keys --------------------------------------------------------------------------------------------------------------


def use_seal(
    session: Session,
    actor: audit.Actor | Any,
    poll_id: int,
    public: str,
    now: datetime,
    *,
    holders: Mapping[str, str] | None = None,
    shares: Mapping[str, str] | None = None,
) -> Poll:
    """Take the public half of the seal that the holders have made. The poll must be rehearsed anew.

    `holders`: of three holders, name to public key (hex), in their order; `shares` the nested envelopes
    (`ballots.keys.share`), which only two of them together can open. Raises NotAllowed: `seal`, `frozen`, `state`.
    """
    poll = _draft(session, poll_id)
    if not canonical.is_hex(public, 32):
        raise NotAllowed("seal")
    if bool(holders) != bool(shares) or (holders and (len(holders) != 3 or len(shares or {}) != len(keys.PAIRS))):
        raise NotAllowed("holders")
    poll.seal_public, poll.rehearsed = public, False
    poll.rehearsal = {"holders": list((holders or {}).items()), "shares": dict(shares or {})}
    session.flush()
    audit.record(
        session, actor, "poll.seal", f"poll:{poll.id}", None, {"seal": public, "holders": [*(holders or {})]}, now
    )
    return poll


def begin_rehearsal(session: Session, actor: audit.Actor | Any, poll_id: int, now: datetime) -> str:
    """A test ballot for the holders: the envelope (hex) that they open. Only its commitment is kept."""
    poll = _draft(session, poll_id)
    if poll.seal_public is None:
        raise NotAllowed("seal_missing")
    envelope, commitment = keys.challenge(poll.seal_public)
    poll.rehearsal = {**poll.rehearsal, "envelope": envelope, "commitment": commitment}
    poll.rehearsed = False
    session.flush()
    audit.record(session, actor, "poll.rehearsal_begun", f"poll:{poll.id}", None, {"commitment": commitment}, now)
    return envelope


def rehearse(session: Session, actor: audit.Actor | Any, poll_id: int, answer: str, now: datetime) -> Poll:
    """The holders have opened the test ballot and read this in it (hex). Raises NotAllowed("rehearsal") if not."""
    poll = _draft(session, poll_id)
    if not keys.rehearsed(str(poll.rehearsal.get("commitment", "")), answer.strip().lower()):
        raise NotAllowed("rehearsal")
    poll.rehearsed = True
    session.flush()
    audit.record(session, actor, "poll.rehearsed", f"poll:{poll.id}", None, None, now)
    return poll


# -- freezing and opening ----------------------------------------------------------------------------------------------


def freeze(session: Session, actor: audit.Actor | Any, keyroom: KeyRoom, poll_id: int, now: datetime) -> Poll:
    """Fix the rules, options and roll. Raises NotAllowed with the first thing of the checklist that is missing."""
    poll = _draft(session, poll_id)
    missing = checklist(session, keyroom, poll, now)
    if missing:
        raise NotAllowed(missing[0], f"poll {poll.code}: {', '.join(missing)}")
    made = manifest_for(session, poll, count_roll(session, keyroom, poll), keyroom.make_link(poll.code))
    poll.manifest, poll.manifest_hash = manifest.to_bytes(made), manifest.manifest_hash(made)
    poll.frozen_at, poll.frozen_by = now, actor.staff_id
    session.flush()
    audit.record(session, actor, "poll.frozen", f"poll:{poll.id}", None, {"manifest": poll.manifest_hash}, now)
    return poll


def thaw(session: Session, actor: audit.Actor | Any, poll_id: int, now: datetime) -> Poll:
    """Back to a draft that may be changed; what the officers had approved is void."""
    poll = locked(session, poll_id)
    if poll.state != "draft" or not poll.frozen:
        raise NotAllowed("state")
    before = poll.manifest_hash
    poll.manifest = poll.manifest_hash = poll.frozen_at = poll.frozen_by = poll.opened_by = None
    session.flush()
    audit.record(session, actor, "poll.thawed", f"poll:{poll.id}", {"manifest": before}, None, now)
    return poll


def propose_opening(session: Session, actor: audit.Actor | Any, poll_id: int, now: datetime) -> Poll:
    """The first officer: these frozen rules may open. Somebody else must approve."""
    poll = locked(session, poll_id)
    if poll.state != "draft" or not poll.frozen:
        raise NotAllowed("not_frozen")
    if actor.staff_id is None:
        raise NotAllowed("nobody")
    poll.opened_by = actor.staff_id
    session.flush()
    audit.record(
        session, actor, "poll.opening_proposed", f"poll:{poll.id}", None, {"manifest": poll.manifest_hash}, now
    )
    return poll


def open_poll(
    session: Session, actor: audit.Actor | Any, keyroom: KeyRoom, poll_id: int, auth: bytes, now: datetime
) -> Poll:
    """The second officer approves, and the poll's board begins. Ballots come in from `opens_at` on.

    `auth`: the office's own signing key (Ed25519 seed), unlocked for this moment. Raises NotAllowed: `not_frozen`,
    `not_proposed`, `same_officer`, `nobody`, `closes_past`, `roll_changed`.
    """
    poll = locked(session, poll_id)
    _may_open(session, keyroom, poll, actor, now)
    poll.approved_by, poll.opened_at, poll.round_at = actor.staff_id, now, None
    poll.move("open")
    session.flush()
    body = chain.open_body(
        manifest_of(poll),
        auth,
        keyroom.make_board(poll.code),
        str(poll.rehearsal.get("commitment", "")),
        officers(session, poll),
        stamp(now),
    )
    entry = append(session, keyroom, poll, body)
    audit.record(session, actor, "poll.opened", f"poll:{poll.id}", None, {"board": entry.hash}, now)
    return poll


def _may_open(session: Session, keyroom: KeyRoom, poll: Poll, actor: audit.Actor | Any, now: datetime) -> None:
    if poll.state != "draft" or not poll.frozen:
        raise NotAllowed("not_frozen")
    if actor.staff_id is None:
        raise NotAllowed("nobody")
    if poll.opened_by is None:
        raise NotAllowed("not_proposed")
    if poll.opened_by == actor.staff_id:
        raise NotAllowed("same_officer")
    if poll.closes_at is None or poll.closes_at <= now:
        raise NotAllowed("closes_past")
    if count_roll(session, keyroom, poll).fingerprint != manifest_of(poll).roll_fingerprint:
        raise NotAllowed("roll_changed")


def officers(session: Session, poll: Poll) -> tuple[str, ...]:
    """The two who opened it, by name, for the board."""
    ids = [each for each in (poll.opened_by, poll.approved_by) if each is not None]
    return tuple(session.get_one(Staff, each).name for each in ids)


# -- while it is open --------------------------------------------------------------------------------------------------


def extend(
    session: Session,
    actor: audit.Actor | Any,
    keyroom: KeyRoom,
    poll_id: int,
    closes_at: datetime,
    reason: str,
    now: datetime,
) -> Poll:
    """Close later than agreed, for all to see on the board. Raises NotAllowed: `state`, `earlier`, `reason`,
    `lot_known` (the public number that may settle a tie is drawn before that)."""
    poll = locked(session, poll_id)
    if poll.state != "open":
        raise NotAllowed("state")
    if poll.closes_at is None or closes_at <= poll.closes_at or closes_at <= now:
        raise NotAllowed("earlier")
    if not manifest_of(poll).ties.still_secret(stamp(closes_at)):
        raise NotAllowed("lot_known")
    if not reason.strip():
        raise NotAllowed("reason")
    before, poll.closes_at = poll.closes_at, closes_at
    append(session, keyroom, poll, entries.Extend(stamp(closes_at), reason.strip(), (actor.name,), stamp(now)))
    told = {"closes": closes_at, "reason": reason.strip()}
    audit.record(session, actor, "poll.extended", f"poll:{poll.id}", {"closes": before}, told, now)
    return poll


def cancel(
    session: Session, actor: audit.Actor | Any, keyroom: KeyRoom, poll_id: int, reason: str, now: datetime
) -> Poll:
    """End it without a result, with the reason, for all to see; the worker destroys K_link.

    Raises NotAllowed: `state`, `reason`, `counted` (the key was handed in: a result that somebody knows is published,
    whether the office likes it or not).
    """
    poll = locked(session, poll_id)
    if poll.state not in ("open", "closing", "closed"):
        raise NotAllowed("state")
    if poll.result is not None:
        raise NotAllowed("counted")
    if not reason.strip():
        raise NotAllowed("reason")
    poll.reason = reason.strip()
    poll.move("cancelled")
    append(session, keyroom, poll, entries.Cancel(poll.reason, (actor.name,), stamp(now)))
    audit.record(session, actor, "poll.cancelled", f"poll:{poll.id}", None, {"reason": poll.reason}, now)
    return poll


def _draft(session: Session, poll_id: int) -> Poll:
    poll = locked(session, poll_id)
    if poll.state != "draft":
        raise NotAllowed("state")
    if poll.frozen:
        raise NotAllowed("frozen")
    return poll
