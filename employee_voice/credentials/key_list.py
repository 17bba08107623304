"""The list of a wave's public keys, the same for everybody, and the digest that fixes it.

A signature proves the group it was made for. Whoever runs the server could therefore mark a person by a key
of her own; so all keys stand in one list, its digest in every invitation and on the poster, and a browser
uses no key before the list that it was given has that digest (credential.js computes the same).
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from employee_voice.credentials import blind, sealing
from employee_voice.credentials.wire import to_text

SHORT_DIGEST_BYTES = 10  # 80 bits: 16 letters and digits that two people can compare
_FIRST_LINE = "cxprogram employee keys 1\n"  # what is digested can be taken for nothing else


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedKey:
    """One line: the group's `number`, how many `people` it stands for, its signing key (SPKI, PEM)."""

    number: int
    people: int
    public_pem: str


class SentGroup(TypedDict):
    """A line as browsers get it; `key` is SPKI (DER) as base64url."""

    number: int
    people: int
    key: str


class SentList(TypedDict):
    """The list as browsers get it (JSON)."""

    sealing: str
    groups: list[SentGroup]


def sent_list(keys: Iterable[ListedKey], *, sealing_public: str) -> SentList:
    """What the address for keys answers. Raises ValueError as `keys_digest` does."""
    return SentList(
        sealing=to_text(sealing.spki(sealing_public)),
        groups=[
            SentGroup(number=key.number, people=key.people, key=to_text(blind.spki(key.public_pem)))
            for key in _in_order(keys)
        ],
    )


def keys_digest(keys: Iterable[ListedKey], *, sealing_public: str) -> str:
    """64 hexadecimal digits that fix all keys of a wave.

    SHA-256 over a first line, `seal <id of the sealing key>`, and for each group by its number `group
    <number> <people> <key id>`, each ended by a line feed. Numbers and headcounts are part of it: a group
    made for one person would stand in everybody's list. Raises ValueError when there is no group, a number or
    a key occurs twice, or a number or headcount is below 1.
    """
    lines = [f"seal {sealing.key_id(sealing_public)}\n"]
    lines += [f"group {key.number} {key.people} {blind.key_id(key.public_pem)}\n" for key in _in_order(keys)]
    return hashlib.sha256((_FIRST_LINE + "".join(lines)).encode("ascii")).hexdigest()


def short_digest(digest: str) -> str:
    """Its first 80 bits as people compare them: `ABCD-EFGH-IJKL-MNOP` (base32)."""
    text = base64.b32encode(bytes.fromhex(digest)[:SHORT_DIGEST_BYTES]).decode("ascii")
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _in_order(keys: Iterable[ListedKey]) -> list[ListedKey]:
    listed = sorted(keys, key=lambda key: key.number)
    numbers, public = {key.number for key in listed}, {blind.key_id(key.public_pem) for key in listed}
    if not listed or len(numbers) < len(listed) or len(public) < len(listed):
        raise ValueError("every group of a wave has one key of its own")
    if any(key.number < 1 or key.people < 1 for key in listed):
        raise ValueError("groups are counted from 1 and hold somebody")
    return listed
