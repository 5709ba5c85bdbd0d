"""Second factors: the time-based codes of an authenticator (TOTP, RFC 6238), passkeys (WebAuthn), recovery codes."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pyotp
import segno
import webauthn
from cryptography.fernet import Fernet, InvalidToken
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from messages.thai import arabic_digits
from models import sessions
from models.sessions import Factor, OneUse

#: RFC 6238: a code stands for 30 seconds; one step before and after is taken too, for clocks that are a little off.
STEP = 30
#: How long a new authenticator's secret waits for its first code.
ENROL_WITHIN = timedelta(minutes=15)


# -- authenticator -----------------------------------------------------------------------------------------------------


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second-factor:{key}".encode()).digest()))


def new_secret(key: str, staff_id: int, now: datetime) -> tuple[str, str]:
    """A fresh secret, and the same sealed for the form that comes back with the first code."""
    secret = pyotp.random_base32()
    sealed = _box(key).encrypt_at_time(f"{staff_id}:{secret}".encode(), int(now.timestamp()))
    return secret, sealed.decode()


def unsealed(key: str, staff_id: int, sealed: str, now: datetime) -> str | None:
    """The secret of `new_secret`, for the same person, within a quarter of an hour; else None."""
    try:
        seconds = int(ENROL_WITHIN.total_seconds())
        text = _box(key).decrypt_at_time(sealed.encode(), seconds, int(now.timestamp())).decode()
    except InvalidToken:
        return None
    owner, _, secret = text.partition(":")
    return secret if owner == str(staff_id) else None


def picture(secret: str, name: str) -> Markup:
    """The QR that authenticators read, as SVG. The issuer stays short: Thai letters take nine bytes in an address, and
    old telephones read a coarse QR better."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Songsiang")
    return Markup(segno.make(address, error="l").svg_inline(scale=5, border=2, dark="#10243a", light="#fff"))  # noqa: S704 - segno's


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The time step this code belongs to; None for a wrong one."""
    code = "".join(c for c in arabic_digits(typed) if c.isdigit())
    here = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    return next((s for s in (here, here - 1, here + 1) if pyotp.utils.strings_equal(totp.at(s * STEP), code)), None)


def add_totp(session: Session, key: str, staff_id: int, secret: str, typed: str, now: datetime) -> bool:
    """Keep the authenticator, if its first code is right."""
    step = step_of(secret, typed, now)
    if step is None:
        return False
    kept = _box(key).encrypt_at_time(secret.encode(), int(now.timestamp())).decode()
    session.add(Factor(staff_id=staff_id, kind="totp", secret=kept, counter=step, created_at=now, used_at=now))
    session.flush()
    return True


def check_totp(session: Session, key: str, staff_id: int, typed: str, now: datetime) -> bool:
    """Whether one of the person's authenticators shows this code now, and it was not used before."""
    for factor in _locked(session, staff_id, "totp"):
        step = step_of(_box(key).decrypt(factor.secret.encode()).decode(), typed, now)
        if step is not None and step > factor.counter:
            factor.counter, factor.used_at = step, now
            return True
    return False


def _locked(session: Session, staff_id: int, kind: str) -> list[Factor]:
    found = select(Factor).where(Factor.staff_id == staff_id, Factor.kind == kind).order_by(Factor.id)
    return list(session.scalars(found.with_for_update()))


# -- passkeys ----------------------------------------------------------------------------------------------------------


def host(public_url: str) -> str | None:
    """The name passkeys belong to; None where browsers allow none (an address of numbers)."""
    name = urlsplit(public_url).hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name or None
    return None


def _origin(public_url: str) -> str:
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def registration(
    session: Session, public_url: str, office: str, staff_id: int, name: str, bound: str, now: datetime
) -> dict[str, Any]:
    """What the browser needs to make a passkey. The challenge works once, in this session (`bound`), for 5 minutes."""
    known = sessions.factors(session, staff_id, "passkey")
    options = webauthn.generate_registration_options(
        rp_id=host(public_url) or "",
        rp_name=office,
        user_id=f"staff:{staff_id}".encode(),
        user_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(k.credential or "")) for k in known],
    )
    return _with_token(session, webauthn.options_to_json(options), options.challenge, bound, now)


def register(
    session: Session, public_url: str, staff_id: int, label: str, answer: dict[str, Any], bound: str, now: datetime
) -> bool:
    """Keep the passkey the browser has made, if everything fits."""
    challenge = _challenge(session, answer, bound, now)
    if challenge is None:
        return False
    try:
        made = webauthn.verify_registration_response(
            credential=answer.get("credential") or {},
            expected_challenge=challenge,
            expected_rp_id=host(public_url) or "",
            expected_origin=_origin(public_url),
            require_user_verification=True,
        )
    except WebAuthnException:
        return False
    credential = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Factor.id).where(Factor.credential == credential)) is not None:
        return False
    session.add(
        Factor(
            staff_id=staff_id,
            kind="passkey",
            label=label[:80],
            credential=credential,
            secret=bytes_to_base64url(made.credential_public_key),
            counter=made.sign_count,
            created_at=now,
            used_at=now,
        )
    )
    session.flush()
    return True


def question(session: Session, public_url: str, staff_id: int | None, bound: str, now: datetime) -> dict[str, Any]:
    """What the browser needs to show a passkey: one of this person's, or (None) whichever it has for this house."""
    known = sessions.factors(session, staff_id, "passkey") if staff_id else []
    options = webauthn.generate_authentication_options(
        rp_id=host(public_url) or "",
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(k.credential or "")) for k in known],
    )
    return _with_token(session, webauthn.options_to_json(options), options.challenge, bound, now)


def answered(session: Session, public_url: str, answer: dict[str, Any], bound: str, now: datetime) -> Factor | None:
    """The passkey that was shown, if the signature is right and the challenge ours."""
    challenge = _challenge(session, answer, bound, now)
    credential = answer.get("credential") or {}
    wanted = str(credential.get("id", "")) if isinstance(credential, dict) else ""
    factor = session.scalar(
        select(Factor).where(Factor.credential == wanted, Factor.kind == "passkey").with_for_update()
    )
    if challenge is None or factor is None:
        return None
    try:
        seen = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host(public_url) or "",
            expected_origin=_origin(public_url),
            credential_public_key=base64url_to_bytes(factor.secret),
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    factor.counter, factor.used_at = seen.new_sign_count, now
    return factor


def _with_token(session: Session, options: str, challenge: bytes, bound: str, now: datetime) -> dict[str, Any]:
    data = {"challenge": bytes_to_base64url(challenge), "bound": sessions.hashed(bound)}
    return {"token": sessions.make_token(session, "passkey", data, now), "options": json.loads(options)}


def _challenge(session: Session, answer: dict[str, Any], bound: str, now: datetime) -> bytes | None:
    used: OneUse | None = sessions.use_token(session, "passkey", str(answer.get("token", "")), now)
    if used is None or used.data.get("bound") != sessions.hashed(bound):
        return None
    return base64url_to_bytes(str(used.data["challenge"]))
