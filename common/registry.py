"""What a lower page shows of a higher room: the higher room registers a provider, the lower page asks.

A lower room may import no higher one, yet its page can show what happened there. The higher room names
its provider at start (`AppConfig.ready`); the lower page asks by what it shows and draws what it is given.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from wording.formats import reader


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Something that happened on a day: a labelled rule on a time axis, with a page that tells more."""

    on: date
    label: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisQuestion:
    """Which time axis asks for its marks: `subjects` are the rows that the page is about."""

    organization: Model
    subjects: tuple[Model, ...]


class Registry[Question, Answer]:
    """Providers by dotted path, imported when the first question comes: starting stays light."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    def register(self, path: str) -> None:
        """Add the provider at this dotted path. Doing it twice does no harm."""
        if path not in self._paths:
            self._paths.append(path)

    def ask(self, question: Question) -> Iterator[Answer]:
        """Everything that any provider has to say, in the order of registration."""
        for path in self._paths:
            provider: Callable[[Question], Iterable[Answer]] = _provider(path)
            yield from provider(question)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._paths)


@cache
def _provider(path: str) -> Callable[[Any], Iterable[Any]]:
    found: Callable[[Any], Iterable[Any]] = import_string(path)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class NamesKept:
    """Rows of one organization that repeat people's names in these fields (texts or JSON); no digests."""

    rows: QuerySet[Any]
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonErased:
    """Somebody who is being erased, to whoever keeps digests of addresses in an organization."""

    organization: Model
    addresses: frozenset[str]


axis_marks: Registry[AxisQuestion, Mark] = Registry()


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedLater:
    """A sentence on what came in after something had been computed from it, with the page of that."""

    text: str
    url: str


added_later: Registry[AxisQuestion, AddedLater] = Registry()
names_kept: Registry[Model, NamesKept] = Registry()  # asked with an organization, when a person is erased
digests_kept: Registry[PersonErased, int] = Registry()  # each takes her digests out; from how many rows


def marks_of(organization: Model, *subjects: Model | None) -> tuple[Mark, ...]:
    """The marks on the axis of a page about `subjects` (None is left out), oldest first."""
    about = tuple(subject for subject in subjects if subject is not None)
    question = AxisQuestion(organization=organization, subjects=about)
    return tuple(sorted(axis_marks.ask(question), key=lambda mark: (mark.on, mark.label)))


def later_of(organization: Model, *subjects: Model | None) -> tuple[AddedLater, ...]:
    """What came in later about `subjects` (None is left out), and after what."""
    about = tuple(subject for subject in subjects if subject is not None)
    return tuple(added_later.ask(AxisQuestion(organization=organization, subjects=about)))


# What speaks against another currency of an organization: each answer is a sentence with how many and what.
currency_bounds: Registry[Model, str] = Registry()


def bound_to_currency(organization: Model) -> tuple[str, ...]:
    """What was entered in the organization's currency, sentence by sentence; empty where it may change."""
    return tuple(currency_bounds.ask(organization))


# What entries of the audit trail say: each answer is what a verb is about with the words of its keys
# (`accounts.details.Word`).
trail_words: Registry[None, tuple[str, Mapping[str, Any]]] = Registry()


@dataclass(frozen=True, kw_only=True, slots=True)
class Departing:
    """Who would have another `role`, or with "" no access any more."""

    person: Any  # accounts.Membership
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Consequence:
    """What a change would bring at once in a higher room, as a sentence; `is_to_accept`: nothing takes it
    back, so whoever makes the change says that they have read it."""

    text: str
    is_to_accept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Goodbye:
    """What goes with an organization beside its rows and the files of their columns. The provider has noted
    it in the transaction; `act` is called once that is committed and may fail: what it leaves is found by the
    note. `text` says what goes."""

    text: str
    act: Callable[[], object]


goodbyes: Registry[Model, Goodbye] = Registry()  # asked with an organization that is being deleted


departures: Registry[Departing, Consequence] = Registry()


# What it would bring to take a row off the lists; asked with the row (a touchpoint).
archivals: Registry[Model, Consequence] = Registry()


def lost_with(row: Model) -> tuple[Consequence, ...]:
    """What would end in higher rooms if this row were archived."""
    return tuple(archivals.ask(row))


@dataclass(frozen=True, kw_only=True, slots=True)
class Merging:
    """Two rows that are one: whatever points at `gone` is to point at `kept`."""

    kept: Any
    gone: Any
    by: Any = None  # accounts.Membership, once it is done


@dataclass(frozen=True, kw_only=True, slots=True)
class MergePart:
    """What a merge is for one higher room, as a sentence. `act` moves its rows in the transaction of the
    merge; `told` says the same in values of no language, for the trail. `is_refusal`: the merge would falsify
    something, so there is none; `is_to_accept`: as in a Consequence."""

    text: str
    told: Mapping[str, Any] = field(default_factory=dict)
    is_refusal: bool = False
    is_to_accept: bool = False
    act: Callable[[], object] | None = None


merge_parts: Registry[Merging, MergePart] = Registry()
# Whoever writes rows that point at what is merged is waited for, and begins nothing until the transaction
# ends.
merge_waits: Registry[Model, None] = Registry()  # asked with the organization


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownResult:
    """The first result that was known of an initiative, in a line, and the go-live that it used."""

    go_live: date
    text: str


first_results: Registry[Model, KnownResult] = Registry()  # asked with an initiative


def known_result(initiative: Model) -> KnownResult | None:
    """What was known first of what an initiative did; None where nothing is known yet."""
    return next(first_results.ask(initiative), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceQuestion:
    """What is known of an initiative, for who decides on it: of the study and value of these numbers, or,
    without a study, of what counts now."""

    initiative: Model
    study: int | None = None
    value: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceBeside:
    """A finding and its money in the reader's language, with the page that tells more. `until`: the last day
    of its data; `value_text` is empty where nothing was valued, `worth` is its expected value with range."""

    study: int
    until: date
    verdict: str
    tone: str
    sentence: str
    grade: str
    url: str
    value: int | None = None
    value_text: str = ""
    worth: str = ""
    finance: str = ""


evidence_beside: Registry[EvidenceQuestion, EvidenceBeside] = Registry()


def evidence_of(
    initiative: Model, *, study: int | None = None, value: int | None = None
) -> EvidenceBeside | None:
    """The finding that stands beside a decision on an initiative; None where there is none."""
    question = EvidenceQuestion(initiative=initiative, study=study, value=value)
    return next(evidence_beside.ask(question), None)


def consequences_of(person: Model, *, role: str = "") -> tuple[Consequence, ...]:
    """What it would bring if the person had this role, or with "" no access."""
    return tuple(departures.ask(Departing(person=person, role=role)))


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherZone:
    """An organization whose days would begin at another midnight."""

    organization: Any  # accounts.Organization
    time_zone: str


zone_moves: Registry[OtherZone, Consequence] = Registry()


def moved_by_zone(organization: Model, time_zone: str) -> tuple[Consequence, ...]:
    """What another time zone would move in higher rooms."""
    return tuple(zone_moves.ask(OtherZone(organization=organization, time_zone=time_zone)))


@dataclass(frozen=True, kw_only=True, slots=True)
class UseQuestion:
    """What used a row (feedback, file, definition, study, ...)? A member asks, and is told what they may
    open."""

    member: Any  # accounts.Membership
    subject: Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """One thing of a higher room that was made from a row: of which kind, what it is called, where it is; no
    address where it says something of the list."""

    kind: str
    title: str
    url: str
    note: str = ""


uses: Registry[UseQuestion, Used] = Registry()


def uses_of(member: Any, subject: Model | None) -> tuple[Used, ...]:
    """What was made from the row, in the order of the rooms; each provider asks a fixed number of queries."""
    if subject is None:
        return ()
    return tuple(uses.ask(UseQuestion(member=member, subject=subject)))


MOST_USED = 50  # of one provider on one page


def newest_used(
    found: "QuerySet[Any, Any]", made: Callable[[Any], Used], *, kind: str | Promise
) -> Iterator[Used]:
    """The first rows of what was made, newest first, and a line with both numbers where there are more. One
    query, and one more there."""
    rows = list(found[: MOST_USED + 1])
    yield from map(made, rows[:MOST_USED])
    if len(rows) > MOST_USED:
        numbers = {"shown": reader().number(MOST_USED), "all": reader().number(found.count())}
        yield Used(kind=str(kind), title=_("The newest %(shown)s of %(all)s are listed.") % numbers, url="")


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricChoice:
    """A metric that may stand beside a touchpoint: what is counted or timed there, not what people say."""

    key: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyQuestion:
    """Which journeys meet these touchpoints? A member asks."""

    member: Any  # accounts.Membership
    touchpoints: tuple[Model, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyLine:
    """One journey that meets some of them, with its page and a line on where."""

    name: str
    url: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareOfWhole:
    """What a touchpoint, by its id, contributes to the overall experience, from 0 to 1, with the range of
    that. `is_clear`: more than an unrelated touchpoint would get by chance; None where that is not known."""

    touchpoint: int
    share: float
    low: float
    high: float
    is_clear: bool | None


journeys_touched: Registry[JourneyQuestion, JourneyLine] = Registry()
shares_of_whole: Registry[Model, ShareOfWhole] = Registry()  # asked with an organization
operational_metrics: Registry[Model, MetricChoice] = Registry()  # asked with an organization


def operational_metrics_of(organization: Model) -> dict[str, str]:
    """Key -> name of every metric in use that is operational, in the order of their names."""
    return {one.key: one.name for one in operational_metrics.ask(organization)}


def contributions_of(organization: Model) -> dict[int, ShareOfWhole]:
    """Touchpoint id -> its share in the overall experience, where it is known."""
    return {one.touchpoint: one for one in shares_of_whole.ask(organization)}
