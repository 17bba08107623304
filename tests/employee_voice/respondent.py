"""The browser's part of RFC 9474 in Python, written from the RFC; every random number is an argument."""

import hashlib
import json
import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from employee_voice.credentials import blind, sealing

VECTORS = json.loads(Path(__file__).with_name("rfc9474.json").read_text(encoding="utf-8"))["vectors"]


@cache
def signing_key(number: int = 0) -> bytes:
    """Made once for all tests of a process; another number, another key."""
    return blind.new_signing_key()


@cache
def sealing_key(number: int = 0) -> bytes:
    return sealing.new_sealing_key()


def numbers_of(public_pem: str) -> rsa.RSAPublicNumbers:
    key = load_pem_public_key(public_pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    return key.public_numbers()


def key_of(vector: dict[str, str]) -> bytes:
    """A vector's private key (PEM)."""
    p, q, n, e, d = (int(vector[name], 16) for name in "pqned")
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(e, n),
    )
    return numbers.private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def encoded(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017, 9.1.1, with SHA-384 and MGF1 with SHA-384."""
    length = -(-bits // 8)
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - len(digest) - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha384(digest + counter.to_bytes(4)).digest() for counter in range(20))
    masked = bytearray(one ^ other for one, other in zip(block, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def blinded(public: rsa.RSAPublicNumbers, message: bytes, *, salt: bytes, inverse: int) -> bytes:
    """Blind of RFC 9474, 4.2; `inverse` is that of the random number."""
    number = int.from_bytes(encoded(message, public.n.bit_length() - 1, salt))
    hidden = number * pow(pow(inverse, -1, public.n), public.e, public.n) % public.n
    return hidden.to_bytes(-(-public.n.bit_length() // 8))


def unblinded(public: rsa.RSAPublicNumbers, blind_signature: bytes, *, inverse: int) -> bytes:
    """The first steps of Finalize of RFC 9474, 4.4."""
    return (int.from_bytes(blind_signature) * inverse % public.n).to_bytes(len(blind_signature))


def credential(private_pem: bytes) -> tuple[bytes, bytes]:
    """A prepared message and its signature, got as a browser gets it."""
    public = numbers_of(blind.public_pem(private_pem))
    prepared, inverse = secrets.token_bytes(64), 2 + secrets.randbelow(public.n - 3)
    message = blinded(public, prepared, salt=secrets.token_bytes(48), inverse=inverse)
    return prepared, unblinded(public, blind.blind_sign(private_pem, message), inverse=inverse)
