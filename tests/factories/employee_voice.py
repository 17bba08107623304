"""Surveys and waves in every state, and a respondent that does what a browser does."""

import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from accounts.models import BusinessFunction, Membership
from accounts.services import FunctionPlace, save_function
from employee_voice import services
from employee_voice.choices import WorkKind
from employee_voice.credentials import blind, contents, sealing
from employee_voice.importers import ListedPerson
from employee_voice.mail import link_of
from employee_voice.models import Invitation, KeyGroup, Survey, Wave, WaveWork
from employee_voice.services.links import secret_of
from tests.employee_voice.respondent import blinded, numbers_of, unblinded


def survey_of(leader: Membership, bank: str = "employee-pulse", title: str = "Service teams") -> Survey:
    return services.make_survey(by=leader, title=title, bank=bank)


def functions_of(leader: Membership) -> dict[str, BusinessFunction]:
    """Service > Care, Field; Finance beside it."""
    service = save_function(by=leader, name="Service")
    place = FunctionPlace(parent=service)
    return {
        "service": service,
        "care": save_function(by=leader, name="Care", place=place),
        "field": save_function(by=leader, name="Field", place=place),
        "finance": save_function(by=leader, name="Finance"),
    }


def plan_of(leader: Membership, **changes: object) -> services.WavePlan:
    today = leader.organization.clock.today()
    return services.WavePlan(**{"opens_on": today, "closes_on": today + timedelta(days=14), **changes})


def planned(leader: Membership, counts: dict[str, int], survey: Survey | None = None, **plan: object) -> Wave:
    """A wave with so many people of each function, by the function's name."""
    wave = services.plan_wave(by=leader, survey=survey or survey_of(leader), plan=plan_of(leader, **plan))
    lines = [
        ListedPerson(line=0, email=f"{name.lower()}{number}@northwind.example", function=name)
        for name, people in counts.items()
        for number in range(people)
    ]
    if lines:
        services.take_people(by=leader, wave=wave, lines=lines)
    return wave


def do(wave: Wave, kind: WorkKind) -> Wave:
    """What the worker does for the wave; its state afterwards."""
    for work in WaveWork.objects.on(wave, kind).unfinished():
        services.do_work(work=work)
    return Wave.objects.select_related("survey__organization").get(pk=wave.pk)


def opened(leader: Membership, counts: dict[str, int], survey: Survey | None = None, **plan: object) -> Wave:
    wave = planned(leader, counts, survey, **plan)
    services.start_opening(by=leader, wave=wave)
    return do(wave, WorkKind.OPEN)


def closed(leader: Membership, wave: Wave) -> Wave:
    services.start_closing(by=leader, wave=wave)
    return do(wave, WorkKind.CLOSE)


class Person:
    """Somebody with a link: gets a credential as a browser does, and seals what she answers."""

    def __init__(self, wave: Wave, invitation: Invitation) -> None:
        self.wave = wave
        link = urlsplit(link_of(wave, invitation.group.number, secret_of(invitation)))
        said = parse_qs(link.fragment)
        self.path, self.secret = link.path, said["i"][0]
        self.group, self.digest = int(said["g"][0]), said["k"][0]
        key = KeyGroup.objects.get(wave=wave, number=self.group).public_key
        self.public = numbers_of(key)
        self.prepared, self.inverse = secrets.token_bytes(64), 2 + secrets.randbelow(self.public.n - 3)
        self.blinded = blinded(self.public, self.prepared, salt=secrets.token_bytes(48), inverse=self.inverse)

    def ask(self) -> bytes:
        """The signature, unblinded."""
        signed = services.sign_credential(
            wave=self.wave, secret=self.secret, group=self.group, blinded=self.blinded
        )
        return unblinded(self.public, signed, inverse=self.inverse)

    def sealed(self, answers: dict[str, list[str]], *, was_fast: bool = False) -> bytes:
        found = contents.Contents(answers=answers, was_fast=was_fast, was_straight=False)
        return self.sealed_text(contents.written(found))

    def sealed_text(self, text: bytes) -> bytes:
        """Whatever a program of one's own can seal."""
        return sealing.seal(
            text,
            public_pem=self.wave.sealing_public,
            wave=self.wave.public_id,
            group=self.group,
        )

    def answer(self, answers: dict[str, list[str]]) -> None:
        self.hand_in(self.ask(), self.sealed(answers))

    def hand_in(self, signature: bytes, sealed: bytes, group: int | None = None) -> None:
        services.hand_in(
            wave=self.wave,
            group=group or self.group,
            prepared=self.prepared,
            signature=signature,
            sealed=sealed,
        )


def people_of(wave: Wave) -> list[Person]:
    rows = Invitation.objects.filter(wave=wave, is_drawn=True).select_related("group").order_by("email")
    return [Person(wave, invitation) for invitation in rows]


def is_signed(wave: Wave, person: Person, signature: bytes) -> bool:
    key = KeyGroup.objects.get(wave=wave, number=person.group).public_key
    return blind.is_valid(key, person.prepared, signature)
