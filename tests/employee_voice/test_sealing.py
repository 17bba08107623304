"""Sealed answers open with the wave's key, as what they were, in the wave and group they were sealed for."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from employee_voice.credentials import blind, sealing
from employee_voice.credentials.contents import Contents, ContentsError, read, written
from employee_voice.credentials.sealing import SealError, SealProblem
from tests.employee_voice.respondent import sealing_key, signing_key

PUBLIC = sealing.public_pem(sealing_key())
HERE: dict[str, Any] = {"wave": "w7Kq2", "group": 3}
FRAME = 1 + 65 + 16  # version, point, tag


def sealed(content: bytes = b"{}", **elsewhere) -> bytes:
    return sealing.seal(content, public_pem=PUBLIC, **{**HERE, **elsewhere})


def opened(text: bytes, *, key: bytes | None = None, **elsewhere) -> bytes:
    return sealing.open_sealed(text, private_pem=key or sealing_key(), **{**HERE, **elsewhere})


def reason(text: bytes, **elsewhere) -> SealProblem:
    with pytest.raises(SealError) as refused:
        opened(text, **elsewhere)
    return refused.value.reason


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=5000))
def test_what_was_sealed_comes_back(content):
    assert opened(sealed(content)) == content


@pytest.mark.parametrize(("length", "blocks"), [(0, 1), (1, 1), (1020, 1), (1021, 2), (2044, 2), (2045, 3)])
def test_the_length_tells_only_the_kibibytes(length, blocks):
    text = sealed(bytes(length))
    assert len(text) == FRAME + 1024 * blocks
    assert opened(text) == bytes(length)
    assert sealing.is_sealed(text)


def test_two_seals_of_the_same_have_nothing_in_common():
    one, other = sealed(b"yes"), sealed(b"yes")
    assert one[1:66] != other[1:66]
    assert one[66:] != other[66:]


@pytest.mark.parametrize("elsewhere", [{"wave": "other"}, {"group": 4}, {"wave": "w7Kq2\n3", "group": 3}])
def test_it_opens_in_no_other_wave_or_group(elsewhere):
    assert reason(sealed(), **elsewhere) is SealProblem.DOES_NOT_OPEN


def test_it_opens_with_no_other_key():
    assert reason(sealed(), key=sealing_key(1)) is SealProblem.DOES_NOT_OPEN


@settings(max_examples=40, deadline=None)
@given(at=st.integers(1, FRAME + 1023), bit=st.integers(0, 7))
def test_an_altered_one_does_not_open(at, bit):
    text = bytearray(sealed())
    text[at] ^= 1 << bit
    assert reason(bytes(text)) is SealProblem.DOES_NOT_OPEN


@pytest.mark.parametrize("kept", [0, 1, 65, FRAME, FRAME + 1, FRAME + 1023, FRAME + 1025])
def test_a_part_of_one_is_called_truncated(kept):
    text = sealed(bytes(1500))[:kept]
    assert not sealing.is_sealed(text)
    assert reason(text) is SealProblem.TRUNCATED


def test_a_whole_block_less_does_not_open():
    assert reason(sealed(bytes(1500))[:-1024]) is SealProblem.DOES_NOT_OPEN


def test_another_version_is_named():
    text = b"\x02" + sealed()[1:]
    assert not sealing.is_sealed(text)
    assert reason(text) is SealProblem.UNKNOWN_VERSION


LATER = bytes(1023) + b"x"


@pytest.mark.parametrize(
    "text",
    [
        (1021).to_bytes(4) + bytes(1020),  # more than there is
        (2**32 - 1).to_bytes(4) + bytes(1020),
        (3).to_bytes(4) + b"yes" + LATER[:1016] + b"x",  # something in the padding
        (3).to_bytes(4) + b"yes" + bytes(1017 + 1024),  # a block of padding too many
    ],
)
def test_padding_has_one_form(text):
    closed = sealing._SUITE.encrypt(text, sealing._public_key(PUBLIC), info=sealing._bound_to(**HERE))
    assert reason(sealing.VERSION + closed) is SealProblem.BADLY_PADDED


def test_more_than_256_kibibytes_are_refused():
    assert len(sealed(bytes(256 * 1024 - 4))) == FRAME + 256 * 1024
    with pytest.raises(SealError) as refused:
        sealed(bytes(256 * 1024 - 3))
    assert refused.value.reason is SealProblem.TOO_LONG


def test_what_is_no_key_of_this_curve_is_refused():
    other = ec.generate_private_key(ec.SECP384R1())
    private = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for pem in (private, signing_key(), b"", b"nonsense"):
        assert reason(sealed(), key=pem or b" ") is SealProblem.NOT_A_KEY
    for text in (public, blind.public_pem(signing_key()), "", "钥匙"):
        with pytest.raises(SealError) as refused:
            sealing.seal(b"{}", public_pem=text, **HERE)
        assert refused.value.reason is SealProblem.NOT_A_KEY


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@given(
    answers=st.dictionaries(TEXT, st.lists(TEXT, max_size=3).map(tuple), max_size=5),
    was_fast=st.booleans(),
    was_straight=st.booleans(),
)
def test_contents_come_back(answers, was_fast, was_straight):
    contents = Contents(answers=answers, was_fast=was_fast, was_straight=was_straight)
    assert read(written(contents)) == contents


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "\ufeff{}",
        '{"version": 2, "answers": {}, "was_fast": false, "was_straight": false}',
        '{"version": 1, "answers": [], "was_fast": false, "was_straight": false}',
        '{"version": 1, "answers": {"q": "5"}, "was_fast": false, "was_straight": false}',
        '{"version": 1, "answers": {"q": [5]}, "was_fast": false, "was_straight": false}',
        '{"version": 1, "answers": {"q": ["\\u0000"]}, "was_fast": false, "was_straight": false}',
        '{"version": 1, "answers": {"q": ["'
        + "x" * 20_001
        + '"]}, "was_fast": false, "was_straight": false}',
        '{"version": 1, "answers": {}, "was_fast": 1, "was_straight": false}',
        '{"version": 1, "answers": {}, "was_fast": false}',
        "[" * 50_000,
    ],
)
def test_what_no_browser_of_ours_wrote_is_refused(text):
    with pytest.raises(ContentsError):
        read(text.encode())


def test_text_that_is_no_unicode_is_refused():
    with pytest.raises(ContentsError):
        read(b"\xff\xfe")
