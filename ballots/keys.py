"""The keys of a poll, and how the people who hold them keep them.

| key    | kind     | where                                      | ends                                    |
| auth   | Ed25519  | offline, the office's, locked by passphrase| years; its fingerprint is in the ประกาศ |
| board  | Ed25519  | server, outside the database               | archived at closing                     |
| seal   | X25519   | private half with the holders only         | published at closing (open mode)        |
| K_link | 32 bytes | server, outside database and backups       | destroyed at closing                    |
| K_id   | 32 bytes | server, outside the database               | with the roll                           |

Nothing is read from or written to disk here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Any

import nacl.exceptions
import nacl.public
import nacl.pwhash.argon2id as kdf
import nacl.secret
import nacl.signing
import nacl.utils

from ballots import canonical

#: Costs of turning a passphrase into a key (argon2id: rounds, bytes of memory). STRONG takes about a second.
STRONG = (kdf.OPSLIMIT_MODERATE, kdf.MEMLIMIT_MODERATE)
#: For tests: the least libsodium accepts.
QUICK = (kdf.OPSLIMIT_MIN, kdf.MEMLIMIT_MIN)
#: No key file may ask this machine for more than libsodium's “sensitive” memory.
_MOST = (kdf.OPSLIMIT_SENSITIVE * 4, kdf.MEMLIMIT_SENSITIVE)
#: A passphrase that somebody may guess offline: four words, or this many characters.
PASSPHRASE_LEAST = 12
#: The pairs of three holders that can open together.
PAIRS = ((0, 1), (0, 2), (1, 2))


class WrongKey(ValueError):
    """This key or passphrase opens nothing here."""


# -- making ------------------------------------------------------------------------------------------------------------


def new_signing() -> bytes:
    """A new Ed25519 seed (auth, board), 32 bytes."""
    return bytes(nacl.signing.SigningKey.generate())


def verify_key(seed: bytes) -> str:
    """The public half of an Ed25519 seed, hex."""
    return bytes(nacl.signing.SigningKey(seed).verify_key).hex()


def new_seal() -> bytes:
    """A new X25519 private key (seal, holders), 32 bytes."""
    return bytes(nacl.public.PrivateKey.generate())


def public_key(private: bytes) -> str:
    """The public half of an X25519 private key, hex."""
    return bytes(nacl.public.PrivateKey(private).public_key).hex()


def new_secret() -> bytes:
    """32 random bytes: K_link, K_id, roll ids."""
    return nacl.utils.random(32)


def link_commit(link_key: bytes) -> str:
    """What entry 0 says about K_link: its SHA-256, hex."""
    return canonical.digest(link_key)


# -- signing -----------------------------------------------------------------------------------------------------------


def sign(seed: bytes, data: object) -> str:
    """Ed25519 over the SHA-256 of the canonical bytes, hex."""
    return bytes(nacl.signing.SigningKey(seed).sign(bytes.fromhex(canonical.fingerprint(data))).signature).hex()


def signed_by(public: str, data: object, signature: str) -> bool:
    """Whether the holder of this public key signed this data."""
    if not (canonical.is_hex(public, 32) and canonical.is_hex(signature, 64)):
        return False
    try:
        key = nacl.signing.VerifyKey(bytes.fromhex(public))
        key.verify(bytes.fromhex(canonical.fingerprint(data)), bytes.fromhex(signature))
    except (nacl.exceptions.CryptoError, ValueError):
        return False
    return True


def certificate(poll: str, manifest_hash: str, board: str) -> dict[str, str]:
    """What auth signs to say: this board key belongs to this poll with these very rules."""
    return {"purpose": "songsiang board key v1", "poll": poll, "manifest": manifest_hash, "board": board}


# -- people and the roll -----------------------------------------------------------------------------------------------


def keyed(id_key: bytes, kind: str, value: str) -> str:
    """HMAC of a national ID, phone number or LINE id, hex. A plain hash of guessable numbers would hide nothing."""
    return hmac.new(id_key, f"{kind}|v1|{value}".encode(), hashlib.sha256).hexdigest()


def roll_fingerprint(hashes: Iterable[str]) -> str:
    """SHA-256 over the sorted keyed hashes of everybody on the roll, hex: adding or removing anybody changes it."""
    return canonical.fingerprint(sorted(hashes))


# -- keeping -----------------------------------------------------------------------------------------------------------


def lock(secret: bytes, passphrase: str, purpose: str, cost: tuple[int, int] = STRONG) -> bytes:
    """A key file: the secret under a passphrase (argon2id, then SecretBox), as canonical JSON. `purpose` is “auth”,
    “seal” or “holder”; raises ValueError for a passphrase under PASSPHRASE_LEAST characters."""
    if len(passphrase) < PASSPHRASE_LEAST:
        raise ValueError("the passphrase is too short")
    salt = nacl.utils.random(kdf.SALTBYTES)
    box = nacl.secret.SecretBox(_derive(passphrase, salt, cost)).encrypt(secret)
    fields = {"v": 1, "purpose": purpose, "kdf": "argon2id13", "ops": cost[0], "memory": cost[1]}
    return canonical.dumps({**fields, "salt": salt.hex(), "box": bytes(box).hex()})


def unlock(file: bytes, passphrase: str, purpose: str) -> bytes:
    """The secret in a key file. Raises WrongKey for a wrong passphrase, another purpose or a damaged file."""
    data = _key_file(file)
    if data["purpose"] != purpose:
        raise WrongKey(f"this is a key file for {data['purpose']}")
    cost = (data["ops"], data["memory"])
    try:
        box = nacl.secret.SecretBox(_derive(passphrase, bytes.fromhex(data["salt"]), cost))
        return bytes(box.decrypt(bytes.fromhex(data["box"])))
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise WrongKey("the passphrase does not open this key file") from None


def _key_file(file: bytes) -> dict[str, Any]:
    try:
        data = canonical.loads(file.strip())
    except canonical.NotCanonical:
        raise WrongKey("this is no key file") from None
    names = {"v", "purpose", "kdf", "ops", "memory", "salt", "box"}
    if not isinstance(data, dict) or data.keys() != names or (data["v"], data["kdf"]) != (1, "argon2id13"):
        raise WrongKey("this is no key file of this version")
    numbers = (data["ops"], data["memory"])
    if not all(type(number) is int and 0 < number <= most for number, most in zip(numbers, _MOST, strict=True)):
        raise WrongKey("this key file asks for too much work")
    return data


def _derive(passphrase: str, salt: bytes, cost: tuple[int, int]) -> bytes:
    # NFC through canonical: the same Thai passphrase typed on another keyboard is the same passphrase
    typed = canonical.dumps(passphrase)
    return bytes(kdf.kdf(nacl.secret.SecretBox.KEY_SIZE, typed, salt, opslimit=cost[0], memlimit=cost[1]))


# -- two of three ------------------------------------------------------------------------------------------------------


def share(private: bytes, holders: Sequence[str]) -> dict[str, str]:
    """The seal key for any two of three holders (public keys, hex): three nested envelopes {“0-1”: hex, …}.

    No secret sharing is invented: {A,B}, {A,C} and {B,C} get it in a SealedBox to the first inside one to the second.
    """
    if len(holders) != 3 or len(set(holders)) != 3:
        raise ValueError("three different holders")
    return {f"{a}-{b}": _to(holders[b], _to(holders[a], private)).hex() for a, b in PAIRS}


def open_outer(envelope: str, second: bytes) -> str:
    """First step at the table: the holder named second in the pair takes off the outer envelope. Raises WrongKey."""
    return _from(second, bytes.fromhex(envelope)).hex()


def open_inner(envelope: str, first: bytes) -> bytes:
    """Second step: the holder named first takes out the seal key. Raises WrongKey."""
    return _from(first, bytes.fromhex(envelope))


def open_share(shares: dict[str, str], holders: Sequence[str], one: bytes, other: bytes) -> bytes:
    """The seal key from any two holders' private keys, in either order. Raises WrongKey."""
    places = {public: place for place, public in enumerate(holders)}
    mine = {places.get(public_key(key), -1): key for key in (one, other)}
    first, second = min(mine), max(mine)
    if first < 0 or first == second:
        raise WrongKey("two different holders of this poll are needed")
    return open_inner(open_outer(shares[f"{first}-{second}"], mine[second]), mine[first])


def _to(public: str, content: bytes) -> bytes:
    return bytes(nacl.public.SealedBox(nacl.public.PublicKey(bytes.fromhex(public))).encrypt(content))


def _from(private: bytes, envelope: bytes) -> bytes:
    try:
        return bytes(nacl.public.SealedBox(nacl.public.PrivateKey(private)).decrypt(envelope))
    except nacl.exceptions.CryptoError:
        raise WrongKey("this key does not open this envelope") from None


# -- dress rehearsal ---------------------------------------------------------------------------------------------------


def challenge(seal_public: str, noise: bytes | None = None) -> tuple[str, str]:
    """A test ballot for the rehearsal: the envelope (hex) that is shown, and the commitment that the server keeps.

    The server keeps nothing that would let anybody but a holder answer.
    """
    word = noise or nacl.utils.random(16)
    return _to(seal_public, word).hex(), canonical.digest(word)


def answer(envelope: str, private: bytes) -> str:
    """What the holders read in the test ballot, hex. Raises WrongKey: better now than after closing."""
    return _from(private, bytes.fromhex(envelope)).hex()


def rehearsed(commitment: str, answered: str) -> bool:
    """Whether the test ballot was opened; refuse to open the poll otherwise (a lost key is a lost poll)."""
    return canonical.is_hex(answered, 16) and canonical.digest(bytes.fromhex(answered)) == commitment


def opens_seal(private: bytes, seal_public: str) -> bool:
    """Whether this is the private half of the seal, asked before the `key` entry is written."""
    return len(private) == 32 and public_key(private) == seal_public
