"""The list of keys that everybody gets, and its digest."""

import hashlib

import pytest

from employee_voice.credentials import blind, sealing, wire
from employee_voice.credentials.key_list import ListedKey, keys_digest, sent_list, short_digest
from tests.employee_voice.respondent import sealing_key, signing_key

SEALING = sealing.public_pem(sealing_key())
ONE = ListedKey(number=1, people=12, public_pem=blind.public_pem(signing_key()))
TWO = ListedKey(number=2, people=5, public_pem=blind.public_pem(signing_key(1)))
OTHER = blind.public_pem(signing_key(2))


def test_the_digest_is_of_one_line_for_each_key():
    ids = [hashlib.sha256(blind.spki(key.public_pem)).hexdigest() for key in (ONE, TWO)]
    sealing_id = hashlib.sha256(sealing.spki(SEALING)).hexdigest()
    text = f"cxprogram employee keys 1\nseal {sealing_id}\ngroup 1 12 {ids[0]}\ngroup 2 5 {ids[1]}\n"
    assert keys_digest([ONE, TWO], sealing_public=SEALING) == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_in_which_keys_are_given_does_not_matter():
    assert keys_digest([TWO, ONE], sealing_public=SEALING) == keys_digest([ONE, TWO], sealing_public=SEALING)
    assert sent_list([TWO, ONE], sealing_public=SEALING) == sent_list([ONE, TWO], sealing_public=SEALING)


@pytest.mark.parametrize(
    "keys",
    [
        [ONE],
        [ONE, TWO, ListedKey(number=3, people=5, public_pem=OTHER)],
        [ONE, ListedKey(number=2, people=6, public_pem=TWO.public_pem)],
        [ONE, ListedKey(number=3, people=5, public_pem=TWO.public_pem)],
        [ONE, ListedKey(number=2, people=5, public_pem=OTHER)],
        [
            ListedKey(number=1, people=12, public_pem=TWO.public_pem),
            ListedKey(number=2, people=5, public_pem=ONE.public_pem),
        ],
    ],
    ids=["one less", "one more", "other headcount", "other number", "other key", "keys exchanged"],
)
def test_every_other_list_has_another_digest(keys):
    assert keys_digest(keys, sealing_public=SEALING) != keys_digest([ONE, TWO], sealing_public=SEALING)


def test_another_sealing_key_is_another_digest():
    other = sealing.public_pem(sealing_key(1))
    assert keys_digest([ONE], sealing_public=other) != keys_digest([ONE], sealing_public=SEALING)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [ONE, ListedKey(number=1, people=5, public_pem=OTHER)],
        [ONE, ListedKey(number=2, people=5, public_pem=ONE.public_pem)],
        [ListedKey(number=0, people=5, public_pem=OTHER)],
        [ListedKey(number=1, people=0, public_pem=OTHER)],
    ],
    ids=["none", "number twice", "key twice", "number below 1", "nobody"],
)
def test_a_list_that_cannot_be_is_refused(keys):
    with pytest.raises(ValueError, match="group"):
        keys_digest(keys, sealing_public=SEALING)
    with pytest.raises(ValueError, match="group"):
        sent_list(keys, sealing_public=SEALING)


def test_browsers_get_numbers_headcounts_and_public_keys_and_nothing_else():
    assert sent_list([ONE], sealing_public=SEALING) == {
        "sealing": wire.to_text(sealing.spki(SEALING)),
        "groups": [{"number": 1, "people": 12, "key": wire.to_text(blind.spki(ONE.public_pem))}],
    }


def test_people_compare_sixteen_letters():
    # base32 of 00 44 32 14 c7 42 54 b6 35 cf: every letter from A to P once
    assert short_digest("00443214c74254b635cf" + "ff" * 22) == "ABCD-EFGH-IJKL-MNOP"


@pytest.mark.parametrize("content", [b"", b"\0", b"\xfb\xff", bytes(range(256))])
def test_text_on_the_wire_comes_back(content):
    text = wire.to_text(content)
    assert not set("+/=") & set(text)
    assert wire.from_text(text) == content


@pytest.mark.parametrize("text", ["AA==", "A", "+/8", "AB", "AA\n", " AA", "ÄÄ"])
def test_other_spellings_are_refused(text):
    with pytest.raises(ValueError, match=r"base64url|spelling"):
        wire.from_text(text)
