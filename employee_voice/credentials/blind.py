"""Blind signatures: the server lets one answer in without learning whose it is.

RSABSSA-SHA384-PSS-Randomized of RFC 9474. The browser prepares a message (32 random bytes before its 32
random bytes), blinds it, has it signed against an invitation, and unblinds the signature; what it hands in
later is an ordinary RSASSA-PSS signature that the signer has never seen. Keys and verification come from
`cryptography`. Its private operation on a raw number does not exist there: `_private_operation` is the one
function of our own.

Sources: RFC 9474 (sections 4.1 to 4.5, 5, 6.2, 7), RFC 8017 (RSASP1, RSAVP1, CRT), Kocher 1996 (base
blinding), Boneh, DeMillo and Lipton 1997 (a faulty signature gives the key away, hence the check of the
result).
"""

import hashlib
import math
import secrets
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

MESSAGE_BYTES = 64  # 32 random bytes of "Randomized" (RFC 9474, 4.1) and the browser's own 32
LEAST_BITS, USUAL_BITS, MOST_BITS = 2048, 2048, 4096  # beyond, an old phone would wait for minutes
PUBLIC_EXPONENT = 65537
SALT_BYTES = 48  # RFC 9474, 5: as long as the digest
_PSS = padding.PSS(mgf=padding.MGF1(SHA384()), salt_length=SALT_BYTES)


class SigningProblem(StrEnum):
    """Why nothing was signed, or no key was taken."""

    NOT_A_KEY = "not_a_key"
    WEAK_KEY = "weak_key"
    WRONG_LENGTH = "wrong_length"
    OUT_OF_RANGE = "out_of_range"
    FAILED = "failed"


class BlindSigningError(ValueError):
    """A request or a key that is not as RFC 9474 wants it; `reason` says which."""

    def __init__(self, reason: SigningProblem) -> None:
        super().__init__(reason.value)
        self.reason = reason


def new_signing_key(bits: int = USUAL_BITS) -> bytes:
    """A private key (PKCS8, PEM, no password): one for each group of a wave and for nothing else.

    Raises BlindSigningError(WEAK_KEY) for sizes that are not 2048 to 4096 bits in whole bytes.
    Source: RFC 9474, 6.2 (a key signs one purpose only; its public exponent is prime).
    """
    if not LEAST_BITS <= bits <= MOST_BITS or bits % 8:
        raise BlindSigningError(SigningProblem.WEAK_KEY)
    key = rsa.generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=bits)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(private_pem: bytes) -> str:
    """The public half (SPKI, PEM), as it is stored with the group and given to browsers."""
    spki = _private_key(private_pem).public_key()
    return spki.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def spki(public_pem: str) -> bytes:
    """The public key as browsers import it (SPKI, DER)."""
    return _public_key(public_pem).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(public_pem: str) -> str:
    """64 hexadecimal digits: SHA-256 of the public key (SPKI, DER)."""
    return hashlib.sha256(spki(public_pem)).hexdigest()


def blind_sign(private_pem: bytes, blinded: bytes) -> bytes:
    """Signs a blinded message without learning it (RFC 9474, 4.3); the answer is as long as the modulus.

    Raises BlindSigningError: WRONG_LENGTH unless `blinded` is exactly as long as the modulus, OUT_OF_RANGE
    unless it is below it, FAILED when the result does not check (nothing leaves then), NOT_A_KEY, WEAK_KEY.
    """
    key = _private_key(private_pem)
    length = key.key_size // 8
    if len(blinded) != length:
        raise BlindSigningError(SigningProblem.WRONG_LENGTH)
    message = int.from_bytes(blinded)
    if message >= key.public_key().public_numbers().n:
        raise BlindSigningError(SigningProblem.OUT_OF_RANGE)
    return _private_operation(key.private_numbers(), message).to_bytes(length)


def is_valid(public_pem: str, prepared: bytes, signature: bytes) -> bool:
    """Whether this credential (prepared message of 64 bytes, signature) is of the group's key."""
    return len(prepared) == MESSAGE_BYTES and is_signature(public_pem, prepared, signature)


def is_signature(public_pem: str, message: bytes, signature: bytes) -> bool:
    """RSASSA-PSS with SHA-384, MGF1 and 48 bytes of salt, for messages of any length (RFC 9474, 4.5).

    False for a signature of another length or not below the modulus. Raises BlindSigningError for the key
    alone.
    """
    try:
        _public_key(public_pem).verify(signature, message, _PSS, SHA384())
    except InvalidSignature:
        return False
    return True


def _private_operation(key: rsa.RSAPrivateNumbers, message: int) -> int:
    """RSASP1 by the Chinese remainder theorem, on a base that an onlooker with a clock does not know.

    `message` is in [0, n). It is multiplied by r^e for a random r first and the result divided by r, so that
    the time the powers take says nothing about it; the result is raised to e again before it leaves: a slip
    of the machine in one half would give the factors away (RFC 9474, 4.3, step 3).
    """
    public = key.public_numbers
    mask = _unit_of(public.n)
    base = message * pow(mask, public.e, public.n) % public.n
    half_p, half_q = pow(base, key.dmp1, key.p), pow(base, key.dmq1, key.q)
    power = half_q + key.q * ((half_p - half_q) * key.iqmp % key.p)
    signed = power * pow(mask, -1, public.n) % public.n
    if pow(signed, public.e, public.n) != message:
        raise BlindSigningError(SigningProblem.FAILED)
    return signed


def _unit_of(modulus: int) -> int:
    """A number that has an inverse, drawn evenly from [1, modulus)."""
    while math.gcd(drawn := 1 + secrets.randbelow(modulus - 1), modulus) != 1:
        continue
    return drawn


def _private_key(pem: bytes) -> rsa.RSAPrivateKey:
    """Without the library's test for primes, five times as long as signing; each result is checked."""
    try:
        key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError) as error:
        raise BlindSigningError(SigningProblem.NOT_A_KEY) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BlindSigningError(SigningProblem.NOT_A_KEY)
    return _strong(key)


def _public_key(pem: str) -> rsa.RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except (ValueError, TypeError) as error:
        raise BlindSigningError(SigningProblem.NOT_A_KEY) from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise BlindSigningError(SigningProblem.NOT_A_KEY)
    return _strong(key)


def _strong[Key: (rsa.RSAPrivateKey, rsa.RSAPublicKey)](key: Key) -> Key:
    if not LEAST_BITS <= key.key_size <= MOST_BITS or key.key_size % 8:
        raise BlindSigningError(SigningProblem.WEAK_KEY)
    return key
