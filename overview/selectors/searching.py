"""What the search of the frame finds: the first rows of every room, as far as the reader may open them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from accounts.selectors import members
from assessments.access import assessments_for
from coalition.access import suggestions_for
from coalition.selectors import initiatives
from common.filtering import holding
from common.text import one_line
from customer_voice.access import accounts_for, contacts_for, feedback_for, metrics_for, surveys_for
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.selectors import by_series, current_version, named
from journeys.access import touchpoints_for
from journeys.maps.access import maps_for
from reports.access import reports_for
from reports.codes import grouped_code
from wording.formats import reader

LONGEST_SEARCH = 100  # characters
SHOWN = 5  # of each room
NEWEST_ANSWERS = 100_000  # comments are looked for among these: so the time is bounded, whatever was heard
_AROUND = 70  # characters before and after a word in a comment


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    note: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HitGroup:
    """`more_url`: the list of that room, with the same words where it takes some."""

    key: str
    label: str
    hits: tuple[Hit, ...]
    more_url: str
    has_more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchPage:
    """`all_comments_url`: the list that looks through all comments, however old."""

    text: str
    groups: tuple[HitGroup, ...]
    all_comments_url: str

    @property
    def number(self) -> int:
        return sum(len(group.hits) for group in self.groups)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who looks for what."""

    member: Membership
    text: str

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def all_comments(self) -> str:
        return self.listed("customer_voice:feedback_list", q=self.text)

    def url(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.member.organization.slug, *args])

    def listed(self, name: str, **asked: str) -> str:
        return f"{self.url(name)}?{urlencode(asked)}"


def search(member: Membership, text: str) -> SearchPage:
    """Rows that hold every word of `text`, room by room; rooms without any are left out.

    At most SHOWN rows a room. Twelve queries at most; nothing is asked for where no word is given.
    """
    asked = _Asked(member, one_line(text)[:LONGEST_SEARCH])
    groups = (look(asked) for look in _ROOMS) if asked.words else ()
    return SearchPage(
        text=asked.text,
        groups=tuple(group for group in groups if group.hits),
        all_comments_url=asked.all_comments,
    )


def _group(key: str, label: str, rows: QuerySet[Any], hit: Callable[[Any], Hit], more_url: str) -> HitGroup:
    found = list(rows[: SHOWN + 1])
    return HitGroup(
        key=key,
        label=label,
        hits=tuple(map(hit, found[:SHOWN])),
        more_url=more_url,
        has_more=len(found) > SHOWN,
    )


def _initiatives(asked: _Asked) -> HitGroup:
    rows = initiatives(asked.member.organization, words=asked.text).prefetch_related(None)

    def hit(row: Any) -> Hit:
        note = f"{row.reference} · {row.get_state_display()}"
        return Hit(row.title, note, asked.url("coalition:initiative_detail", row.number))

    more = asked.listed("coalition:initiative_list", words=asked.text)
    return _group("initiatives", _("Initiatives"), rows, hit, more)


def _suggestions(asked: _Asked) -> HitGroup:
    rows = holding(suggestions_for(asked.member), asked.words, "text")

    def hit(row: Any) -> Hit:
        note = f"{row.touchpoint.name} · {row.get_state_display()}"
        return Hit(_excerpt(row.text, asked.words), note, asked.url("coalition:suggestion_detail", row.pk))

    # the list is for those who answer; whoever only makes suggestions has the own ones on another page
    is_for_all = may(asked.member.role, Action.DRAFT_INITIATIVE)
    more = asked.url("coalition:suggestion_list" if is_for_all else "overview:my_part")
    return _group("suggestions", _("Suggestions"), rows, hit, more)


def _touchpoints(asked: _Asked) -> HitGroup:
    rows = touchpoints_for(asked.member).order_by("is_archived", "name")

    def hit(row: Any) -> Hit:
        parts = [str(row.owner_function or ""), _("archived") if row.is_archived else ""]
        note = " · ".join(part for part in parts if part)
        return Hit(row.name, note, asked.url("overview:touchpoint_detail", row.key))

    found = holding(rows.select_related("owner_function"), asked.words, "name", "purpose", "key")
    more = asked.listed("journeys:touchpoint_list", q=asked.text)
    return _group("touchpoints", _("Touchpoints"), found, hit, more)


def _maps(asked: _Asked) -> HitGroup:
    rows = holding(maps_for(asked.member).order_by("is_archived", "name"), asked.words, "name", "persona")

    def hit(row: Any) -> Hit:
        note = " · ".join(part for part in (row.persona, _("archived") if row.is_archived else "") if part)
        return Hit(row.name, note, asked.url("overview:map_detail", row.key))

    return _group("maps", _("Journey maps"), rows, hit, asked.url("maps:map_list"))


def _metrics(asked: _Asked) -> HitGroup:
    """Found by the words of any version, named as it is called today."""
    series = by_series(metrics_for(asked.member)).values()
    in_use = {row.key: row for row in map(current_version, series) if not row.is_retired}
    one_each = [
        current_version(versions)
        for versions in series
        if any(_says(version, asked.words) for version in versions)
    ]

    def note(row: MetricDefinition) -> str:
        """A definition that gave way to another one of its key is not the end of the metric."""
        if not row.is_retired:
            return ""
        goes_on = in_use.get(row.key)
        return _("retired") if goes_on is None else _("today: %(metric)s") % {"metric": named(goes_on)}

    hits = tuple(
        Hit(named(row), note(row), asked.url("customer_voice:metric_detail", row.key)) for row in one_each
    )
    return HitGroup(
        key="metrics",
        label=_("Metrics"),
        hits=hits[:SHOWN],
        more_url=asked.url("customer_voice:definition_list"),
        has_more=len(hits) > SHOWN,
    )


def _says(metric: MetricDefinition, words: Iterable[str]) -> bool:
    text = f"{metric.name} {metric.key} {metric.wording}".casefold()
    return all(word.casefold() in text for word in words)


def _surveys(asked: _Asked) -> HitGroup:
    rows = holding(surveys_for(asked.member).order_by("-pk"), asked.words, "name")

    def hit(row: Any) -> Hit:
        note = f"{row.touchpoint.name} · {row.get_state_display()}"
        return Hit(row.name, note, asked.url("customer_voice:survey_detail", row.pk))

    return _group("surveys", _("Customer surveys"), rows, hit, asked.url("customer_voice:survey_list"))


def _accounts(asked: _Asked) -> HitGroup:
    rows = holding(accounts_for(asked.member).order_by("name"), asked.words, "name", "external_reference")

    def hit(row: Any) -> Hit:
        return Hit(row.name, row.segment, asked.url("customer_voice:account_detail", row.pk))

    more = asked.listed("customer_voice:account_list", q=asked.text)
    return _group("accounts", _("Customer accounts"), rows, hit, more)


def _contacts(asked: _Asked) -> HitGroup:
    rows = contacts_for(asked.member).select_related("account").order_by("name", "pk")
    found = holding(rows, asked.words, "name", "email", "external_reference")

    def hit(row: Any) -> Hit:
        title = row.name or row.email or row.external_reference or ""
        return Hit(title, str(row.account or ""), asked.url("customer_voice:contact_detail", row.pk))

    more = asked.listed("customer_voice:contact_list", q=asked.text)
    return _group("contacts", _("Contacts"), found, hit, more)


def _feedback(asked: _Asked) -> HitGroup:
    """The newest comments first. The list of the room looks through all of them, however old."""
    newest = feedback_for(asked.member).order_by("-occurred_at", "-pk")[:NEWEST_ANSWERS]
    rows = holding(Feedback.objects.filter(pk__in=newest.values("pk")), asked.words, "text")

    def hit(row: Any) -> Hit:
        day = reader().day(asked.member.organization.clock.day_of(row.occurred_at))
        note = f"{row.touchpoint.name} · {day}"
        return Hit(_excerpt(row.text, asked.words), note, asked.url("customer_voice:feedback_detail", row.pk))

    found = rows.select_related("touchpoint").order_by("-occurred_at", "-pk")
    return _group("feedback", _("What customers said"), found, hit, asked.all_comments)


def _assessments(asked: _Asked) -> HitGroup:
    rows = holding(assessments_for(asked.member).order_by("-opened_at"), asked.words, "title")

    def hit(row: Any) -> Hit:
        url = asked.url("assessments:assessment_detail", row.pk)
        return Hit(row.label, row.get_state_display(), url)

    return _group("assessments", _("Assessments"), rows, hit, asked.url("assessments:assessment_list"))


def _reports(asked: _Asked) -> HitGroup:
    """By title, or by the code that is printed on it, however it was typed."""
    rows = reports_for(asked.member).defer("content").order_by("-created_at")
    named_so = Q()
    for word in asked.words:
        named_so &= Q(title__icontains=word)
    code = grouped_code(asked.text)
    if len(code) >= 4:
        named_so |= Q(verification_code__startswith=code)

    def hit(row: Any) -> Hit:
        day = reader().day(asked.member.organization.clock.day_of(row.created_at))
        return Hit(row.title, f"{row.get_kind_display()} · {day}", asked.url("reports:report_detail", row.pk))

    return _group("reports", _("Reports"), rows.filter(named_so), hit, asked.url("reports:report_list"))


def _people(asked: _Asked) -> HitGroup:
    everybody = members(asked.member.organization).prefetch_related(None)
    rows = holding(everybody, asked.words, "user__name", "user__email")
    may_edit = may(asked.member.role, Action.MANAGE_PEOPLE)

    def hit(row: Any) -> Hit:
        parts = [row.get_role_display(), str(row.function or ""), "" if row.is_active else _("deactivated")]
        url = asked.url("accounts:member_edit", row.pk) if may_edit else asked.url("accounts:people")
        return Hit(str(row), " · ".join(part for part in parts if part), url)

    return _group("people", _("People"), rows, hit, asked.url("accounts:people"))


def _excerpt(text: str, words: Iterable[str]) -> str:
    """Of a comment the part around the first of the words that it holds."""
    said = one_line(text)
    places = [place for word in words if (place := said.casefold().find(word.casefold())) >= 0]
    start = max(min(places, default=0) - _AROUND, 0)
    start = said.find(" ", start) + 1 if start and " " in said[start : start + 20] else start
    end = start + 2 * _AROUND
    return f"{'…' if start else ''}{said[start:end].rstrip()}{'…' if end < len(said) else ''}"


_ROOMS: tuple[Callable[[_Asked], HitGroup], ...] = (
    *(_initiatives, _touchpoints, _maps, _metrics, _reports, _people, _accounts, _contacts, _surveys),
    *(_assessments, _suggestions, _feedback),
)
