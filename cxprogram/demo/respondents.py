"""What the browser of an invited person does (RFC 9474, 4.1, 4.2 and 4.4), for the simulated employees of the demo.

Message, salt and blinding number are of true chance, as in a browser: not even the demo joins a person to an answer.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from employee_voice import services
from employee_voice.credentials import blind

_DIGEST_BYTES = 48  # SHA-384


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """What stands in somebody's letter."""

    secret: str
    group: int


def address_in(letter: str) -> str:
    """The link of an invitation's text. Raises StopIteration where there is none."""
    return next(word for word in letter.split() if "#i=" in word)


def link_of(address: str) -> Link:
    """What the link holds."""
    said = parse_qs(urlsplit(address).fragment)
    return Link(secret=said["i"][0], group=int(said["g"][0]))


def answer(wave: Any, group: Any, link: Link, typed: Mapping[str, Sequence[str]]) -> None:
    """Get a credential with the link, and hand in the sealed answers with it."""
    public = _numbers_of(group.public_key)
    prepared, inverse = secrets.token_bytes(blind.MESSAGE_BYTES), 2 + secrets.randbelow(public.n - 3)
    blinded = _blinded(public, prepared, inverse)
    signed = services.sign_credential(wave=wave, secret=link.secret, group=link.group, blinded=blinded)
    signature = (int.from_bytes(signed) * inverse % public.n).to_bytes(len(signed))
    sealed = services.seal_for(wave=wave, group=group, typed=typed)
    services.hand_in(wave=wave, group=link.group, prepared=prepared, signature=signature, sealed=sealed)


@cache
def _numbers_of(public_pem: str) -> rsa.RSAPublicNumbers:
    key = load_pem_public_key(public_pem.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("not a key of a wave")
    return key.public_numbers()


def _blinded(public: rsa.RSAPublicNumbers, message: bytes, inverse: int) -> bytes:
    number = int.from_bytes(_encoded(message, public.n.bit_length() - 1))
    hidden = number * pow(pow(inverse, -1, public.n), public.e, public.n) % public.n
    return hidden.to_bytes(-(-public.n.bit_length() // 8))


def _encoded(message: bytes, bits: int) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017, 9.1.1, with SHA-384 and MGF1 with SHA-384."""
    length, salt = -(-bits // 8), secrets.token_bytes(blind.SALT_BYTES)
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - len(digest) - 2) + b"\x01" + salt
    rounds = range(-(-len(block) // _DIGEST_BYTES))
    mask = b"".join(hashlib.sha384(digest + counter.to_bytes(4)).digest() for counter in rounds)
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"
