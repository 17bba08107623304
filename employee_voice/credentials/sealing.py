"""Sealed answers: what the browser closes under the wave's public key, and only the worker can open.

HPKE in base mode (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, from `cryptography`; the
browser composes the same from WebCrypto (seal.js). Wave and group are part of the key schedule (`info`), so
that an answer moved to another wave or group does not open. The text inside is padded: its length tells the
kibibytes alone.

Layout: 1 byte of version, 65 bytes of the sender's point, the encrypted kibibytes, 16 bytes of tag.
"""

import hashlib
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

VERSION = b"\x01"
BLOCK_BYTES = 1024
MOST_BYTES = 256 * BLOCK_BYTES  # with its length and padding; a request is refused before that
_LENGTH_BYTES = 4
_POINT_BYTES, _TAG_BYTES = 65, 16
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealProblem(StrEnum):
    """Why something cannot be opened, sealed or used as a key."""

    NOT_A_KEY = "not_a_key"
    TOO_LONG = "too_long"
    TRUNCATED = "truncated"
    UNKNOWN_VERSION = "unknown_version"
    DOES_NOT_OPEN = "does_not_open"  # another key, another wave or group, or altered: nobody can tell which
    BADLY_PADDED = "badly_padded"


class SealError(ValueError):
    """`reason` says why; the message names nothing of what is inside."""

    def __init__(self, reason: SealProblem) -> None:
        super().__init__(reason.value)
        self.reason = reason


def new_sealing_key() -> bytes:
    """A private key of a wave (P-256; PKCS8, PEM, without a password)."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(private_pem: bytes) -> str:
    """The public half (SPKI, PEM), stored with the wave."""
    public = _private_key(private_pem).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def spki(public_pem: str) -> bytes:
    """The public key as browsers import it (SPKI, DER)."""
    return _public_key(public_pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(public_pem: str) -> str:
    """64 hexadecimal digits: SHA-256 of the public key (SPKI, DER)."""
    return hashlib.sha256(spki(public_pem)).hexdigest()


def seal(content: bytes, *, public_pem: str, wave: str, group: int) -> bytes:
    """Closes `content` for the wave's key; `wave` is its public id. Raises SealError(TOO_LONG, NOT_A_KEY)."""
    text = len(content).to_bytes(_LENGTH_BYTES) + content
    text += bytes(-len(text) % BLOCK_BYTES)
    if len(text) > MOST_BYTES:
        raise SealError(SealProblem.TOO_LONG)
    return VERSION + _SUITE.encrypt(text, _public_key(public_pem), info=_bound_to(wave, group))


def open_sealed(sealed: bytes, *, private_pem: bytes, wave: str, group: int) -> bytes:
    """What `seal` or the browser closed. Raises SealError with one of the reasons above."""
    if not is_sealed(sealed):
        known = sealed[:1] in (VERSION, b"")
        raise SealError(SealProblem.TRUNCATED if known else SealProblem.UNKNOWN_VERSION)
    key = _private_key(private_pem)
    try:
        text = _SUITE.decrypt(sealed[1:], key, info=_bound_to(wave, group))
    except (InvalidTag, ValueError) as error:
        raise SealError(SealProblem.DOES_NOT_OPEN) from error
    length, padded = int.from_bytes(text[:_LENGTH_BYTES]), text[_LENGTH_BYTES:]
    if len(text) - _LENGTH_BYTES - length not in range(BLOCK_BYTES) or any(padded[length:]):
        raise SealError(SealProblem.BADLY_PADDED)
    return padded[:length]


def is_sealed(sealed: bytes) -> bool:
    """Whether this has the shape of a sealed answer: what can be said without the key, on arrival."""
    blocks = len(sealed) - len(VERSION) - _POINT_BYTES - _TAG_BYTES
    has_blocks = 0 < blocks <= MOST_BYTES and blocks % BLOCK_BYTES == 0
    return has_blocks and sealed[:1] == VERSION


def _bound_to(wave: str, group: int) -> bytes:
    return f"cxprogram sealed answer 1\n{wave}\n{group}\n".encode()


def _private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise SealError(SealProblem.NOT_A_KEY) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SealError(SealProblem.NOT_A_KEY)
    return key


def _public_key(pem: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except (ValueError, TypeError) as error:
        raise SealError(SealProblem.NOT_A_KEY) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SealError(SealProblem.NOT_A_KEY)
    return key
