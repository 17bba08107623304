"""Who could answer in a wave, for comparing waves: from its list while that is kept, then from digests.

Of every published wave digests of those who were given a credential are kept, function by function, until the
survey is archived or the person erased: any two waves can be subtracted, not only neighbors. They are made
under a key of the survey, which follows from the server's secret key and stands in no table: whoever has only
the database can neither read an address out of them nor try one, nor compare two surveys. They are sorted, so
that no order is left, and hold no time.
"""

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Sum

from common.derived import derived, server_keys
from common.jobs import JobState
from common.registry import PersonErased
from cxstats.codec import decoded
from cxstats.engagement import Function
from employee_voice.choices import WaveState
from employee_voice.comparing import Kept, Lists
from employee_voice.models import (
    Answer,
    Invitation,
    KeptList,
    KeyGroup,
    Survey,
    Wave,
    WaveFunction,
    WaveResults,
)
from employee_voice.results import EVERYBODY, CountedWith, Results, meeting_of

DIGITS = 32  # of a digest: 128 bits tell any number of people apart
ROWS_AT_ONCE = 200


class WaveTree:
    """Functions of a wave as keys, and at which function the answers of each group count. Two queries."""

    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.rows = list(WaveFunction.objects.filter(wave=wave))
        self.parents: dict[str, str | None] = {EVERYBODY: None}
        for row in self.rows:
            self.parents[str(row.pk)] = EVERYBODY if row.parent_id is None else str(row.parent_id)
        self.groups = list(KeyGroup.objects.filter(wave=wave))
        members = defaultdict[int, list[str]](list)
        for row in self.rows:
            if row.group_id is not None:
                members[row.group_id].append(str(row.pk))
        self.place = {group.pk: meeting_of(members[group.pk], self.parents) for group in self.groups}

    def functions(self) -> list[Function]:
        """With the people asked at each: of the groups whose answers count there."""
        asked = Counter[str]()
        for group in self.groups:
            asked[self.place[group.pk]] += group.people
        return [Function(key=key, parent=parent, asked=asked[key]) for key, parent in self.parents.items()]

    def counted_with(self) -> tuple[CountedWith, ...]:
        return tuple(
            CountedWith(function=str(row.pk), at=self.place[row.group_id])
            for row in self.rows
            if row.group_id is not None and self.place[row.group_id] != str(row.pk)
        )

    def line(self, place: str) -> Iterator[str]:
        """The function and what it is part of, up to the organization."""
        step: str | None = place
        while step is not None:
            yield step
            step = self.parents[step]

    def was_asked_by_address(self) -> bool:
        return any(row.asked for row in self.rows)


@dataclass(frozen=True, slots=True)
class SurveyKey:
    """Makes the digests of one survey."""

    key: bytes

    @classmethod
    def of(cls, survey_pk: int, key: str | None = None) -> "SurveyKey":
        """Under the server's key of today unless another is given."""
        return cls(derived("employee_voice.kept_list", str(survey_pk), key=key))

    @classmethod
    def all_of(cls, survey_pk: int) -> "list[SurveyKey]":
        """Under every key that the server knows."""
        return [cls.of(survey_pk, key) for key in server_keys()]

    def of_address(self, email: str) -> str:
        return self._digest("address", email.lower())

    def of_name(self, email: str) -> str:
        """Of what stands before the @: it stays when the domain of an organization changes."""
        return self._digest("name", email.lower().rpartition("@")[0])

    def _digest(self, kind: str, text: str) -> str:
        return hmac.digest(self.key, f"{kind} {text}".encode(), "sha256").hex()[:DIGITS]


@dataclass(slots=True)
class _Here:
    """Who was given a credential in one function alone."""

    addresses: set[str]
    names: set[str]
    forgotten: int = 0

    def add(self, other: "_Here") -> None:
        self.addresses |= other.addresses
        self.names |= other.names
        self.forgotten += other.forgotten


def lists_of(tree: WaveTree, key: SurveyKey) -> Lists:
    """As digests under `key`, whichever way they are kept; what was answered where they are gone. At most
    four queries.
    """
    wave = tree.wave
    found = _listed(tree, key)
    silent = _silent(wave) if found else ()
    found = found or _kept(wave)
    kept = Kept.LISTS
    if not found and tree.was_asked_by_address():
        kept = Kept.NOTHING if _is_last(wave) else Kept.NUMBERS
    slips, answered = Counter[str](), Counter[str]()
    for group in tree.groups:
        slips[tree.place[group.pk]] += group.slips_used
    if kept is not Kept.LISTS or wave.state != WaveState.PUBLISHED:
        for group, people in Answer.objects.filter(wave=wave).values_list("group").annotate(n=Count("pk")):
            answered[tree.place[group]] += people
    return Lists(
        parents=tree.parents,
        addresses={place: here.addresses for place, here in found.items()},
        names={place: here.names for place, here in found.items()},
        silent={key.of_address(email) for email in silent},
        silent_names={key.of_name(email) for email in silent},
        slips=slips,
        forgotten={place: here.forgotten for place, here in found.items()},
        answered=answered,
        kept=kept,
    )


def keep_lists(waves: Iterable[Wave]) -> None:
    """Digests of those who were given a credential in each published wave, once; none where its list is gone.

    By what the wave shows: who belongs to a hidden function stands with the smallest shown one around it, and
    people of whom nothing was told stand nowhere. So few who answered never stand by themselves.
    """
    for wave in waves:
        tree = WaveTree(wave)
        here = _listed(tree, SurveyKey.of(wave.survey_id))
        if not here or KeptList.objects.filter(wave=wave).exists():
            continue
        shown = shown_in(wave)
        kept: dict[str, _Here] = {}
        for place, people in here.items():
            told = next((one for one in tree.line(place) if shown is None or one in shown), None)
            if told is not None:
                kept.setdefault(told, _Here(set(), set())).add(people)
        KeptList.objects.bulk_create(
            [
                KeptList(
                    wave=wave,
                    wave_function_id=None if place == EVERYBODY else int(place),
                    addresses=sorted(people.addresses),
                    names=sorted(people.names),
                    people=len(people.addresses),
                    forgotten=people.forgotten,
                )
                for place, people in sorted(kept.items())
            ],
            batch_size=ROWS_AT_ONCE,
        )


def shown_in(wave: Wave) -> frozenset[str] | None:
    """Functions of which a published wave tells something; none where nothing is stored of it."""
    row = WaveResults.objects.filter(wave=wave).first()
    if row is None:
        return None
    publication = decoded(Results, row.content).publication
    return frozenset(function.key for function in publication.functions if function.is_shown)


def delete_lists_of(survey: Survey) -> dict[str, int]:
    """Everything that is left of who was asked and given a credential: how many addresses and digests."""
    kept = KeptList.objects.filter(wave__survey=survey)
    digests = kept.aggregate(people=Sum("people"))["people"] or 0
    kept.delete()
    addresses, _by_model = Invitation.objects.filter(wave__survey=survey).delete()
    return {"lists_deleted": addresses, "digests_deleted": digests}


def forget_person(erased: PersonErased) -> Iterator[int]:
    """Takes somebody's digests out of every list of an organization; how many lists she was on. That she is
    one of those who could answer stays as a number, like a slip: else who left would look like nobody.
    """
    rows = KeptList.objects.filter(wave__survey__organization_id=erased.organization.pk)
    known: dict[int, list[SurveyKey]] = {}
    lists = 0
    for row in rows.annotate(survey=F("wave__survey")).select_for_update(of=("self",)).iterator(ROWS_AT_ONCE):
        keys = known.setdefault(row.survey, SurveyKey.all_of(row.survey))
        there = set(row.addresses)
        gone = {email for email in erased.addresses if there & {key.of_address(email) for key in keys}}
        if not gone:
            continue
        there -= {key.of_address(email) for email in gone for key in keys}
        row.addresses = sorted(there)
        row.names = sorted(set(row.names) - {key.of_name(email) for email in gone for key in keys})
        row.forgotten += row.people - len(there)
        row.people = len(there)
        row.save(update_fields=["addresses", "names", "people", "forgotten"])
        lists += 1
    yield lists


def _kept(wave: Wave) -> dict[str, _Here]:
    rows = KeptList.objects.filter(wave=wave)
    return {
        EVERYBODY if row.wave_function_id is None else str(row.wave_function_id): _Here(
            set(row.addresses), set(row.names), row.forgotten
        )
        for row in rows
    }


def _listed(tree: WaveTree, key: SurveyKey) -> dict[str, _Here]:
    """From the addresses themselves: every function at which answers of somebody listed count."""
    found: dict[str, _Here] = {}
    invited = Invitation.objects.filter(wave=tree.wave, group__isnull=False)
    for group, email, was_given in invited.values_list("group", "email", "was_given_credential"):
        here = found.setdefault(tree.place[group], _Here(set(), set()))
        if not was_given:
            continue
        if "@" not in email:  # erased meanwhile
            here.forgotten += 1
            continue
        here.addresses.add(key.of_address(email))
        here.names.add(key.of_name(email))
    return found


def _silent(wave: Wave) -> list[str]:
    """Who is on the list and was given no credential: not who has left, nor an address that no letter
    reached, which may be the old one of somebody else on the list.
    """
    there = Invitation.objects.filter(wave=wave, was_given_credential=False)
    reached = there.still_there(wave.survey.organization).exclude(letter__job_state=JobState.FAILED)
    return list(reached.values_list("email", flat=True))


def _is_last(wave: Wave) -> bool:
    """Whether no later wave of its survey was published: its list can only have been deleted on purpose."""
    later = Wave.objects.published().filter(survey=wave.survey_id, number__gt=wave.number)
    return not later.exists()
