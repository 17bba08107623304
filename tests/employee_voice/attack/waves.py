"""Waves played to their end: the evidence that they leave behind, and the truth that only the tests know."""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from employee_voice import services
from employee_voice.choices import WorkKind
from employee_voice.content import fixed_content
from employee_voice.credentials import sealing
from employee_voice.importers import ListedPerson
from employee_voice.models import Answer, Comment, Invitation, SealedAnswer, Survey, Wave
from employee_voice.services.keys import folder
from questionnaires.content import QuestionKind
from tests.employee_voice.attack import evidence
from tests.employee_voice.attack.evidence import Evidence
from tests.employee_voice.attack.matching import Item
from tests.factories.employee_voice import Person, do, plan_of

TEXT = "change-first"


@dataclass(kw_only=True)
class Played:
    """One closed wave. `signs` are what a person, her answer and her comment are recognized by."""

    wave: Wave
    evidence: Evidence
    persons: list[tuple[Item, dict[str, bytes]]] = field(default_factory=list)
    answers: list[tuple[Item, dict[str, bytes]]] = field(default_factory=list)
    comments: list[tuple[Item, dict[str, bytes]]] = field(default_factory=list)
    is_opened_again: bool = False  # a key that was left opens what was kept of the sealed answers

    def look(self) -> None:
        """See what concerns whom."""
        evidence.seen_of([*self.persons, *self.answers, *self.comments], self.evidence)


@contextmanager
def logs() -> Iterator[list[str]]:
    """Every line that anything logs, from the finest level on."""
    lines = list[str]()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.created} {record.name} {record.getMessage()}")

    handler, root = Keep(level=logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def play(
    leader: Membership,
    survey: Survey,
    people: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    *,
    closes: Callable[[Wave], Wave],
    share: float = 0.85,
) -> Played:
    """A wave from its list to its results: `people` are addresses by function; most write a comment."""
    from_here = evidence.log_position() if evidence.connection.vendor == "postgresql" else ""
    wave = services.plan_wave(by=leader, survey=survey, plan=plan_of(leader))
    listed = [
        ListedPerson(line=0, email=email, function=name)
        for name, emails in people.items()
        for email in emails
    ]
    with logs() as lines:
        services.take_people(by=leader, wave=wave, lines=listed)
        services.start_opening(by=leader, wave=wave)
        wave = do(wave, WorkKind.OPEN)
        do(wave, WorkKind.INVITE)
        played = Played(wave=wave, evidence=Evidence())
        codes = _answer_all(played, rng, share)
        played.evidence.add(evidence.of_database("before closing"))
        ciphertexts = [
            (bytes(row.sealed), row.group.number) for row in SealedAnswer.objects.select_related("group")
        ]
        played.wave = closes(wave)
        played.evidence.add(evidence.of_database("after closing"))
        _find_answers(played, codes)
        played.is_opened_again = _opens(wave, ciphertexts)
        services.publish_wave(by=leader, wave=played.wave)
        played.evidence.add(evidence.of_database("after publishing"))
        played.evidence.blobs["pages"] = _pages(leader, played.wave)
    played.evidence.blobs["logs"] = "\n".join(lines).encode()
    if from_here:
        played.evidence.blobs["write-ahead log"] = evidence.log_since(from_here)
    return played


def _answer_all(played: Played, rng: np.random.Generator, share: float) -> dict[object, str]:
    """People ask for credentials one after the other; one in three answers later than the next ones.

    Returns whose a set of answers or a comment is, which the attacker does not know.
    """
    wave = played.wave
    rows = list(Invitation.objects.filter(wave=wave).select_related("group"))
    took = [rows[n] for n in rng.permutation(len(rows))[: round(len(rows) * share)]]
    codes, waiting, number = dict[object, str](), list[Callable[[], None]](), iter(range(10 * len(rows)))
    numbers = _numbers(wave, [row.group.number for row in took], rng)
    for row, scores in zip(took, numbers, strict=True):
        item = Item(owner=row.email, group=(wave.number, row.group.number))
        item.marks["asked for a credential"] = next(number)
        signs = _signs_of(row)
        played.persons.append((item, signs))
        codes[row.group.number, tuple(sorted(scores.items()))] = row.email
        given = {key: [value] for key, value in scores.items()}
        if rng.random() < 0.8:
            given[TEXT] = [f"word{secrets.token_hex(8)}"]
            codes[given[TEXT][0]] = row.email
        person = Person(wave, row)
        signs["blinded message"] = person.blinded[:16]
        hand_in = _handing_in(person, person.ask(), given, item, signs, number)
        if rng.random() < 1 / 3:
            waiting.append(hand_in)
            continue
        hand_in()
        if waiting and rng.random() < 0.5:
            waiting.pop(0)()
    for hand_in in waiting:
        hand_in()
    return codes


def _handing_in(person, signature, given, item, signs, number) -> Callable[[], None]:
    def act() -> None:
        sealed = person.sealed(given)
        person.hand_in(signature, sealed)
        row = SealedAnswer.objects.order_by().get(sealed=sealed)
        item.marks["handed in"] = next(number)
        # whoever has the log of the wave knows this much: which ciphertext is whose
        signs.update(_keys("sealed row", row.pk))
        signs.update({"sealed credential": row.credential.encode(), "ciphertext": sealed[8:24]})

    return act


def _numbers(wave: Wave, groups: Sequence[int], rng: np.random.Generator) -> list[dict[str, str]]:
    """Answers that are different within a group, in no order: that is how the tests know them again."""
    scales = [
        question
        for question in fixed_content(wave.content_digest, wave.content).questions
        if question.kind == QuestionKind.SCALE
    ]
    codes = {group: iter(rng.choice(3125, size=groups.count(group), replace=False)) for group in set(groups)}
    found = []
    for group in groups:
        code, scores = int(next(codes[group])), {}
        for question in scales[:5]:
            code, digit = divmod(code, 5)
            scores[question.key] = str(1 + digit)
        found.append(scores)
    return found


def _keys(name: str, key) -> dict[str, bytes]:
    """A key as PostgreSQL keeps it, as SQLite does, and as people write it."""
    return {
        f"{name} (bytes)": key.bytes,
        f"{name} (hex)": key.hex.encode(),
        f"{name} (text)": str(key).encode(),
    }


def _signs_of(row: Invitation) -> dict[str, bytes]:
    return {
        "address": row.email.encode(),
        **_keys("invitation", row.pk),
        "digest of the link": row.secret_digest.encode(),
    }


def _find_answers(played: Played, codes: Mapping[object, str]) -> None:
    wave = played.wave
    for answer in Answer.objects.filter(wave=wave).select_related("group"):
        scores = {
            key: value for key, value in answer.scores.items() if isinstance(value, str) and value.isdigit()
        }
        owner = codes[answer.group.number, tuple(sorted(scores.items()))]
        item = Item(owner=owner, group=(wave.number, answer.group.number))
        played.answers.append((item, _keys("answer", answer.pk)))
    for comment in Comment.objects.filter(wave=wave).select_related("group"):
        item = Item(owner=codes[comment.text[:20]], group=(wave.number, comment.group.number))
        played.comments.append((item, {**_keys("comment", comment.pk), "words": comment.text[:20].encode()}))


def _opens(wave: Wave, ciphertexts: Sequence[tuple[bytes, int]]) -> bool:
    """Whether a key that is still there opens a sealed answer of the log."""
    for name in folder().names():
        for sealed, group in ciphertexts[:5]:
            try:
                sealing.open_sealed(sealed, private_pem=folder().read(name), wave=wave.public_id, group=group)
            except (sealing.SealError, ValueError):
                continue
            return True
    return False


def _files_of_functions(slug: str, wave: Wave) -> list[str]:
    return [
        reverse("employee_voice:function_file", args=[slug, wave.pk, row.pk, "csv"])
        for row in wave.functions.order_by("pk")
    ]


def _pages(leader: Membership, wave: Wave) -> bytes:
    """What the CX leader sees and takes away."""
    client = Client()
    client.force_login(leader.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    slug = leader.organization.slug
    own = [
        reverse(f"employee_voice:{name}", args=[slug, wave.pk])
        for name in ("wave_detail", "wave_results", "comment_list")
    ]
    files = [
        reverse("employee_voice:results_file", args=[slug, wave.pk, ending]) for ending in ("csv", "xlsx")
    ]
    pages = [
        *own,
        *files,
        *_files_of_functions(slug, wave),
        reverse("accounts:trail", args=[slug]),
        f"/api/v1/o/{slug}/employee-waves/{wave.pk}/results/",
    ]
    return b"\n".join(client.get(page).content for page in pages)
