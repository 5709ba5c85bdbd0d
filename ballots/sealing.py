"""The inner envelope (ซองชั้นใน): a choice padded to one size and sealed to the poll's key, its hash and its receipt.

The key that opens it is not on the server. The sealed bytes are a libsodium SealedBox, so that the voter's page can
make the same with libsodium.js. Nothing here knows a voter; `slot` is the outer label.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

import nacl.exceptions
import nacl.public
import nacl.utils

from ballots import canonical
from ballots.choices import NUMBERED, Choice, Refused, plain, read_choice
from ballots.manifest import Manifest

#: What SealedBox adds: the one-time public key (32) and the authenticator (16).
OVERHEAD = 48
#: Plaintexts are rounded up to this, so that a manifest's size tells little.
_BLOCK = 64
#: Crockford's base32: no I, L, O, U, so that nothing is misread aloud (crockford.com/base32.html).
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT_BITS = 60
_MARK = re.compile(r"[0-9]{4}", re.ASCII)
_MISREAD = str.maketrans("OILoil๐๑๒๓๔๕๖๗๘๙", "0110110123456789")
_VERSION = 1


class Spoiled(ValueError):
    """A sealed ballot that cannot be counted. `code`: `unopened` (another key, or damaged), `padding`, `not_canonical`,
    `fields`, `poll` (made for another poll), or a code of `choices.CODES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Opened:
    """What was in an envelope: the choice, and the voter's own mark of four digits, or ""."""

    choice: Choice
    mark: str


def plaintext_size(manifest: Manifest) -> int:
    """Bytes that hold every possible ballot of this poll, padded; `Manifest.size` has to be at least this."""
    keys = [option.id for option in manifest.options]
    most = max(manifest.limits.points, manifest.limits.max_score)
    longest: Choice = dict.fromkeys(keys, most) if manifest.kind in NUMBERED else tuple(keys)
    used = len(_plaintext(manifest.poll, longest, "0000", b"\0" * 16)) + 1
    return -(-used // _BLOCK) * _BLOCK


def ciphertext_size(manifest: Manifest) -> int:
    """Bytes of every sealed ballot of this poll. Refuse any other length at the door."""
    return manifest.size + OVERHEAD


def seal(manifest: Manifest, choice: Choice, mark: str = "", noise: bytes | None = None) -> bytes:
    """Seal a choice that `choices` accepted. `mark` is "" or four digits of the voter's own (against clash attacks).

    `noise` (16 bytes) is for tests and known examples; leave it out.
    """
    if mark and not _MARK.fullmatch(mark):
        raise ValueError("a mark has four digits")
    text = _plaintext(manifest.poll, choice, mark, noise or nacl.utils.random(16))
    if len(text) >= manifest.size:
        raise ValueError("the ballot is larger than the manifest's size")
    padded = text + b"\x80" + b"\0" * (manifest.size - len(text) - 1)
    sealed: bytes = nacl.public.SealedBox(nacl.public.PublicKey(bytes.fromhex(manifest.seal))).encrypt(padded)
    return sealed


def open_sealed(manifest: Manifest, private: bytes, sealed: bytes, area: str = "") -> Opened:
    """Open one ballot with the seal's private key (32 bytes) and judge it again. Raises Spoiled."""
    return Opener(manifest, private).open(sealed, area)


class Opener:
    """Opens many ballots of one poll."""

    def __init__(self, manifest: Manifest, private: bytes) -> None:
        self.manifest = manifest
        self._box = nacl.public.SealedBox(nacl.public.PrivateKey(private))

    def open(self, sealed: bytes, area: str = "") -> Opened:
        """The content of one ballot that was cast in this area. Raises Spoiled."""
        if len(sealed) != ciphertext_size(self.manifest):
            raise Spoiled("unopened")
        try:
            padded: bytes = self._box.decrypt(sealed)
        except nacl.exceptions.CryptoError:
            raise Spoiled("unopened") from None
        text = padded.rstrip(b"\0")
        if not text.endswith(b"\x80"):
            raise Spoiled("padding")
        return self._judge(text[:-1], area)

    def look(self, sealed: bytes, area: str = "") -> Opened | None:
        """The content of one ballot; None for a spoiled one."""
        try:
            return self.open(sealed, area)
        except Spoiled:
            return None

    def _judge(self, text: bytes, area: str) -> Opened:
        try:
            data = canonical.loads(text)
        except canonical.NotCanonical:
            raise Spoiled("not_canonical") from None
        if not isinstance(data, dict) or data.keys() != {"v", "poll", "choice", "mark", "r"}:
            raise Spoiled("fields")
        mark = data["mark"]
        if data["v"] != _VERSION or not canonical.is_hex(data["r"], 16):
            raise Spoiled("fields")
        if not isinstance(mark, str) or (mark and not _MARK.fullmatch(mark)):
            raise Spoiled("fields")
        if data["poll"] != self.manifest.poll:
            raise Spoiled("poll")
        try:
            return Opened(read_choice(self.manifest, data["choice"], area), mark)
        except Refused as refused:
            raise Spoiled(refused.code) from None


def ballot_hash(sealed: bytes, area: str = "") -> str:
    """The public name of a sealed ballot, hex: SHA-256 over its area (if the poll has areas) and the sealed bytes.

    With the area inside, an office cannot move a ballot to another village after the voter has the receipt. All sealed
    ballots of a poll have one length, so that area and bytes cannot be mistaken for each other.
    """
    return hashlib.sha256(area.encode() + sealed).hexdigest()


def receipt(hashed: str) -> str:
    """The voter's receipt `XXXX-XXXX-XXXX`: the first 60 bits of the ballot's hash."""
    number = int(hashed[:16], 16) >> (64 - _RECEIPT_BITS)
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(_RECEIPT_BITS - 5, -1, -5))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def read_receipt(text: str) -> str | None:
    """The receipt somebody typed, in its written form; None when it is none. O counts as 0, I and L as 1, ๑ as 1."""
    letters = "".join(text.split()).replace("-", "").translate(_MISREAD).upper()
    if len(letters) != 12 or not set(letters) <= set(_LETTERS):
        return None
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def slot(link_key: bytes, poll: str, roll_id: str) -> bytes:
    """Where the ballot of this line of the roll lies, 32 bytes. Without K_link nobody can tell whose it is."""
    return hmac.digest(link_key, f"slot|v1|{poll}|{roll_id}".encode(), "sha256")


def _plaintext(poll: str, choice: Choice, mark: str, noise: bytes) -> bytes:
    return canonical.dumps({"v": _VERSION, "poll": poll, "choice": plain(choice), "mark": mark, "r": noise.hex()})
