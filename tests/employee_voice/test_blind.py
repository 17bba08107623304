"""RFC 9474's vectors, and what the server refuses to sign or to let in."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from employee_voice.credentials import blind
from employee_voice.credentials.blind import BlindSigningError, SigningProblem
from tests.employee_voice.respondent import (
    VECTORS,
    blinded,
    credential,
    key_of,
    numbers_of,
    signing_key,
    unblinded,
)

NAMES = [vector["name"] for vector in VECTORS]
FEW = settings(max_examples=15, deadline=None)


def private_numbers() -> rsa.RSAPrivateNumbers:
    key = load_pem_private_key(signing_key(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.private_numbers()


def of(vector: dict[str, str], name: str) -> bytes:
    return bytes.fromhex(vector[name])


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_the_vectors_of_the_standard(vector):
    private = key_of(vector)
    public = numbers_of(blind.public_pem(private))
    assert (public.n, public.e) == (int(vector["n"], 16), int(vector["e"], 16))
    inverse = int(vector["inv"], 16)
    message = of(vector, "msg_prefix") + of(vector, "msg")
    assert message == of(vector, "input_msg")
    assert blinded(public, message, salt=of(vector, "salt"), inverse=inverse) == of(vector, "blinded_msg")
    assert blind.blind_sign(private, of(vector, "blinded_msg")) == of(vector, "blind_sig")
    assert unblinded(public, of(vector, "blind_sig"), inverse=inverse) == of(vector, "sig")


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_only_signatures_with_the_salt_of_our_variant_verify(vector):
    public = blind.public_pem(key_of(vector))
    is_ours = "-PSS-" in vector["name"]
    assert blind.is_signature(public, of(vector, "input_msg"), of(vector, "sig")) is is_ours


def test_a_credential_is_let_in_by_the_key_that_signed_it_and_no_other():
    prepared, signature = credential(signing_key())
    assert blind.is_valid(blind.public_pem(signing_key()), prepared, signature)
    assert not blind.is_valid(blind.public_pem(signing_key(1)), prepared, signature)


@FEW
@given(data=st.data())
def test_a_changed_credential_is_not_let_in(data):
    prepared, signature = credential(signing_key())
    at = data.draw(st.integers(0, len(prepared + signature) - 1))
    changed = bytearray(prepared + signature)
    changed[at] ^= data.draw(st.integers(1, 255))
    assert not blind.is_valid(
        blind.public_pem(signing_key()), bytes(changed[: len(prepared)]), bytes(changed[len(prepared) :])
    )


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signed_message_of_another_length_is_no_credential(length):
    public, message, inverse = numbers_of(blind.public_pem(signing_key())), bytes(length), 12345
    hidden = blinded(public, message, salt=bytes(48), inverse=inverse)
    signature = unblinded(public, blind.blind_sign(signing_key(), hidden), inverse=inverse)
    assert blind.is_signature(blind.public_pem(signing_key()), message, signature)
    assert not blind.is_valid(blind.public_pem(signing_key()), message, signature)


def test_a_signature_of_another_length_or_above_the_modulus_is_not_let_in():
    prepared, signature = credential(signing_key())
    public = blind.public_pem(signing_key())
    above = int.from_bytes(signature) + numbers_of(public).n
    for other in (b"", signature[:-1], signature + b"\0", b"\0" + signature, above.to_bytes(257)):
        assert not blind.is_valid(public, prepared, other)


@FEW
@given(number=st.integers(0, 2**2048))
def test_a_signature_is_the_root_of_any_number_below_the_modulus(number):
    public = numbers_of(blind.public_pem(signing_key()))
    number %= public.n
    root = int.from_bytes(blind.blind_sign(signing_key(), number.to_bytes(256)))
    assert root < public.n
    assert pow(root, public.e, public.n) == number


@pytest.mark.parametrize("past", [0, 1, 1000])
def test_a_number_from_the_modulus_on_is_not_signed(past):
    number = numbers_of(blind.public_pem(signing_key())).n + past
    with pytest.raises(BlindSigningError) as refused:
        blind.blind_sign(signing_key(), number.to_bytes(256))
    assert refused.value.reason is SigningProblem.OUT_OF_RANGE


def test_the_last_number_below_the_modulus_is_signed():
    number = numbers_of(blind.public_pem(signing_key())).n - 1
    assert blind.blind_sign(signing_key(), number.to_bytes(256)) == number.to_bytes(256)  # -1 is its own root


@pytest.mark.parametrize("length", [0, 1, 255, 257, 512])
def test_a_number_of_another_length_is_not_signed(length):
    with pytest.raises(BlindSigningError) as refused:
        blind.blind_sign(signing_key(), bytes(length))
    assert refused.value.reason is SigningProblem.WRONG_LENGTH


@pytest.mark.parametrize("half", ["dmp1", "dmq1"])
def test_nothing_leaves_when_a_half_of_the_work_goes_wrong(half, monkeypatch):
    """One wrong half gives the factors away: gcd(signature^e - message, n) would be a prime."""
    right = private_numbers()
    values = {
        name: getattr(right, name) for name in ("p", "q", "d", "dmp1", "dmq1", "iqmp", "public_numbers")
    }
    wrong = rsa.RSAPrivateNumbers(**{**values, half: values[half] ^ 2})
    with pytest.raises(BlindSigningError) as refused:
        blind._private_operation(wrong, 7)
    assert refused.value.reason is SigningProblem.FAILED


def test_the_base_of_each_power_is_drawn_anew(monkeypatch):
    """Whoever chooses the message and holds a clock must not know what is raised to the secret powers."""
    key = private_numbers()
    bases = []

    def spy(base, exponent, modulus):
        if exponent in {key.dmp1, key.dmq1}:
            bases.append(base)
        return pow(base, exponent, modulus)

    monkeypatch.setattr(blind, "pow", spy, raising=False)
    for _once in range(3):
        blind.blind_sign(signing_key(), (7).to_bytes(256))
    assert len(bases) == 6
    assert len(set(bases)) == 3
    assert 7 not in bases


@pytest.mark.parametrize("bits", [1024, 2047, 2040, 2052, 4104])
def test_a_size_that_is_weak_odd_or_beyond_phones_is_refused(bits):
    with pytest.raises(BlindSigningError) as refused:
        blind.new_signing_key(bits)
    assert refused.value.reason is SigningProblem.WEAK_KEY


@pytest.mark.parametrize("bits", [1024, 2052])
def test_a_key_of_such_a_size_neither_signs_nor_verifies(bits):
    weak = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = weak.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = weak.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for use in (
        lambda: blind.blind_sign(private, bytes(bits // 8)),
        lambda: blind.is_valid(public, bytes(64), bytes(bits // 8)),
    ):
        with pytest.raises(BlindSigningError) as refused:
            use()
        assert refused.value.reason is SigningProblem.WEAK_KEY


def test_what_is_no_rsa_key_is_refused():
    other = ec.generate_private_key(ec.SECP256R1())
    private = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for pem in (private, b"", b"nonsense"):
        with pytest.raises(BlindSigningError) as refused:
            blind.blind_sign(pem, bytes(256))
        assert refused.value.reason is SigningProblem.NOT_A_KEY
    for text in (public, "", "nonsense", "Schlüssel"):
        with pytest.raises(BlindSigningError) as refused:
            blind.is_valid(text, bytes(64), bytes(256))
        assert refused.value.reason is SigningProblem.NOT_A_KEY


def test_a_new_key_is_2048_bits_with_the_usual_exponent():
    public = numbers_of(blind.public_pem(signing_key()))
    assert (public.n.bit_length(), public.e) == (2048, 65537)


def test_the_id_of_a_key_is_the_digest_of_its_public_half():
    public = blind.public_pem(signing_key())
    inside = base64.b64decode("".join(public.split("-----")[2].split()))
    assert blind.spki(public) == inside
    assert blind.key_id(public) == hashlib.sha256(inside).hexdigest()
