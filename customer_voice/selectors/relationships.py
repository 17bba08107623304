"""How one customer account stands: who answered, who is silent, and what so few answers can say.

A firm is few people, so people are counted and not answers: of each contact the last answer of a year, by
metric and touchpoint. Where somebody has said how many people there are, the range is that of a sample of
them; where fewer than five have answered, no figure is shown, and their answers stand one by one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organization
from customer_voice.choices import SMALL_N
from customer_voice.models import (
    Contact,
    CustomerAccount,
    Feedback,
    MetricDefinition,
    SurveyInvitation,
)
from customer_voice.rules import Counts, Figure
from customer_voice.selectors.figures import ChangeFigure, change, figures
from customer_voice.selectors.versions import by_series, current_version
from journeys.models import Touchpoint

YEAR_DAYS = 365
MOST_ANSWERS = 20_000  # of one account in two years that are looked at
LATEST_SHOWN = 12
SILENT_SHOWN = 10
SURVEYS_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One metric at one touchpoint, of people: the last answer of each within a year.

    `figure` is none below five people; `scores` are their answers, the lowest first. `population` is given
    where the range reckons with it. `change` is that against the year before, where both years have enough.
    """

    metric: MetricDefinition
    touchpoint: Touchpoint
    people: int
    scores: tuple[Any, ...]
    figure: Figure | None
    population: int | None
    change: ChangeFigure | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveySent:
    """One survey to contacts of the account: whom it asked, and how many of them answered."""

    survey: Any
    asked: int
    answered: int
    last_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Relationship:
    """What the page of an account shows.

    `people`: contacts who answered anything within the year; `population`: people who can be asked, none
    where nobody said so or more have answered. `nameless`: answers of the year that name no contact, and
    stand in no score.
    """

    since: datetime
    people: int
    contacts: int
    population: int | None
    is_population_too_low: bool
    scores: list[Score]
    silent: list[Contact]
    silent_total: int
    nameless: int
    is_cut: bool

    @property
    def is_census(self) -> bool:
        """Everybody who can be asked has answered: nothing is left to chance."""
        return self.population is not None and self.people >= self.population


def relationship(organization: Organization, account: CustomerAccount) -> Relationship:
    """Seven queries, whatever the number of contacts."""
    now = organization.clock.now()
    since, before = now - timedelta(days=YEAR_DAYS), now - timedelta(days=2 * YEAR_DAYS)
    answers = Feedback.objects.of(organization).filter(account=account, occurred_at__gte=before)
    heard = answers.filter(occurred_at__gte=since)
    people = heard.exclude(contact=None).order_by().values("contact").distinct().count()
    rows = list(
        answers.exclude(contact=None)
        .exclude(metric=None)
        .filter(score__isnull=False)
        .order_by("-occurred_at", "-pk")
        .values_list("metric_id", "touchpoint_id", "contact_id", "occurred_at", "score")[: MOST_ANSWERS + 1]
    )
    known = account.people_total
    population = known if known is not None and known >= max(people, 1) else None
    contacts = Contact.objects.of(organization).filter(account=account, archived_at=None, erased_at=None)
    silent = _silent(contacts, since)
    return Relationship(
        since=since,
        people=people,
        contacts=contacts.count(),
        population=population,
        is_population_too_low=known is not None and known < people,
        scores=_scores(organization, rows[:MOST_ANSWERS], since, population),
        silent=list(silent[:SILENT_SHOWN]),
        silent_total=silent.count(),
        nameless=heard.filter(contact=None).count(),
        is_cut=len(rows) > MOST_ANSWERS,
    )


def latest_answers(organization: Organization, account: CustomerAccount) -> list[Feedback]:
    """The last things that people of an account said. One query."""
    rows = Feedback.objects.of(organization).filter(account=account).order_by("-occurred_at", "-pk")
    return list(rows.select_related("metric", "touchpoint", "contact")[:LATEST_SHOWN])


def answers_of(contact: Contact) -> list[Feedback]:
    """The last things that one contact said. One query."""
    rows = Feedback.objects.of(contact.organization).filter(contact=contact)
    found = rows.order_by("-occurred_at", "-pk").select_related("metric", "touchpoint", "account")
    return list(found[:LATEST_SHOWN])


def surveys_sent(account: CustomerAccount) -> list[SurveySent]:
    """Surveys that asked contacts of the account by e-mail, the last first. Two queries."""
    rows = (
        SurveyInvitation.objects.filter(contact__account=account, letters__gt=0)
        .order_by()
        .values("survey")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(is_answered=True)), last=Max("invited_at"))
        .order_by("-last", "-survey")[:SURVEYS_SHOWN]
    )
    found = list(rows)
    survey_model: Any = SurveyInvitation._meta.get_field("survey").related_model
    surveys = survey_model.objects.in_bulk([row["survey"] for row in found])
    return [
        SurveySent(
            survey=surveys[row["survey"]],
            asked=row["asked"],
            answered=row["answered"],
            last_at=row["last"],
        )
        for row in found
    ]


def _silent(contacts: "QuerySet[Contact]", since: datetime) -> "QuerySet[Contact]":
    """Contacts who said nothing within the year, for whichever account, by name."""
    heard = Feedback.objects.filter(contact=OuterRef("pk")).order_by().values("contact")
    last = Subquery(heard.annotate(last=Max("occurred_at")).values("last")[:1])
    asked = (
        SurveyInvitation.objects.filter(contact=OuterRef("pk"), letters__gt=0).order_by().values("contact")
    )
    asked_last = Subquery(asked.annotate(last=Max("invited_at")).values("last")[:1])
    rows = contacts.annotate(last_heard=last, last_asked=asked_last)
    return rows.filter(Q(last_heard=None) | Q(last_heard__lt=since)).order_by("name", "pk")


def _scores(
    organization: Organization, rows: Sequence[tuple[Any, ...]], since: datetime, population: int | None
) -> list[Score]:
    """Two queries."""
    definitions = MetricDefinition.objects.of(organization)
    current = {
        one.pk: current_version(versions) for versions in by_series(definitions).values() for one in versions
    }
    now, then = _last_by_person(rows, current, since)
    places = Touchpoint.objects.of(organization).in_bulk({place for _metric, place in now})
    compared = [
        key for key, given in now.items() if len(given) >= SMALL_N and len(then.get(key, {})) >= SMALL_N
    ]
    found = []
    for key, given in now.items():
        metric, place = key
        scores = tuple(sorted(given.values()))
        counts = _counts(metric, scores)
        found.append(
            Score(
                metric=metric,
                touchpoint=places[place],
                people=len(scores),
                scores=scores,
                figure=_figure(metric, counts, population) if len(scores) >= SMALL_N else None,
                population=population,
                change=change(metric, _counts(metric, then[key].values()), counts, families=len(compared))
                if key in compared
                else None,
            )
        )
    return sorted(found, key=lambda one: (-one.people, one.metric.name, one.touchpoint.name))


type _ByPerson = dict[tuple[MetricDefinition, int], dict[int, Any]]


def _last_by_person(
    rows: Iterable[tuple[Any, ...]], current: dict[int, MetricDefinition], since: datetime
) -> tuple[_ByPerson, _ByPerson]:
    """The last answer of each person in this year and in the one before; rows come newest first."""
    now: _ByPerson = {}
    then: _ByPerson = {}
    for metric_id, place, person, moment, score in rows:
        metric = current[metric_id]
        if metric.calculation.counts_answers:
            year = now if moment >= since else then
            year.setdefault((metric, place), {}).setdefault(person, score)
    return now, then


def _counts(metric: MetricDefinition, scores: Iterable[Any]) -> Counts:
    calculation = metric.calculation
    tally = Counter(str(score) for score in scores)
    return calculation.of_tally({score: Decimal(number) for score, number in tally.items()})


def _figure(metric: MetricDefinition, counts: Counts, population: int | None) -> Figure:
    if population is not None:
        found = metric.calculation.of_people(counts, population)
        if found is not None:
            return found
    return figures(metric, [counts])[0]
