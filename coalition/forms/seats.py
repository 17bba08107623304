"""What is typed about the charter, a seat and a vote. Never saves."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, Role
from accounts.models import BusinessFunction, Membership, Organization
from accounts.permissions import may
from coalition.choices import FEWEST_DAYS, MOST_DAYS, Choice, EarlyEnd, ReviewBy
from coalition.fields import SEAT, SeatValues
from coalition.forms.shared import PeopleChoice, ScopedForm, people_of, touchpoints_of
from coalition.models import Coalition, Seat
from coalition.services import CharterValues
from common.forms import DeclaredForm, LocalIntegerField, RowsField, StyledForm
from journeys.models import Touchpoint
from wording.joining import bracketed, listed, sentences


class CharterForm(StyledForm):
    charter = forms.CharField(
        label=_("Charter"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the coalition decides, how often it meets, what it is accountable for."),
    )
    quorum_pct = LocalIntegerField(
        # xgettext:no-python-format
        label=_("Quorum, % of the voting seats"),
        percent_as=Decimal(1),
        min_value=1,
        max_value=100,
        initial=50,
        help_text=_(
            "This share of the seats that can still vote must take part, rounded up. In any case, a "
            "decision needs votes from more than half of the seats that could vote when voting "
            "opened."
        ),
    )
    majority_pct = LocalIntegerField(
        # xgettext:no-python-format
        label=_("Approved with more than this share, % of the votes for or against"),
        percent_as=Decimal(1),
        min_value=50,
        max_value=99,
        initial=50,
        help_text=_("50 is a simple majority. Abstentions do not count here."),
    )
    voting_days = LocalIntegerField(
        label=_("Days to vote"),
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=7,
        help_text=_("When the last day is over, the votes cast by then decide."),
    )
    early_end = forms.ChoiceField(
        label=_("May a vote end early?"),
        choices=EarlyEnd,
        initial=EarlyEnd.ALL_VOTED,
        widget=forms.RadioSelect,
        help_text=_("Anyone who has not voted by then can no longer vote."),
    )
    review_by = forms.ChoiceField(
        label=_("Who decides on a review day?"),
        choices=ReviewBy,
        initial=ReviewBy.VOTE,
        widget=forms.RadioSelect,
        help_text=_(
            "On the review day of its plan each approved initiative is confirmed, changed or stopped, with "
            "the finding beside it."
        ),
    )

    def __init__(self, *args: Any, coalition: Coalition | None = None, **kwargs: Any) -> None:
        if coalition is not None:
            kwargs["initial"] = {
                "charter": coalition.charter,
                "quorum_pct": int(coalition.quorum_share * 100),
                "majority_pct": int(coalition.majority_share * 100),
                "voting_days": coalition.voting_days,
                "early_end": coalition.early_end,
                "review_by": coalition.review_by,
            }
        super().__init__(*args, **kwargs)
        usual = {"early_end": EarlyEnd.ALL_VOTED.value, "review_by": ReviewBy.VOTE.value}
        unsent = [name for name in usual if self.is_bound and name not in self.data]
        if unsent:  # what is not sent stays as it is
            typed = self.data.copy()  # type: ignore[attr-defined]
            for name in unsent:
                typed[name] = getattr(coalition, name) if coalition else usual[name]
            self.data = typed

    def values(self) -> CharterValues:
        typed = self.cleaned_data
        return CharterValues(
            charter=typed["charter"],
            quorum_share=Decimal(typed["quorum_pct"]) / 100,
            majority_share=Decimal(typed["majority_pct"]) / 100,
            voting_days=typed["voting_days"],
            early_end=typed["early_end"],
            review_by=typed["review_by"],
        )


class SeatForm(ScopedForm, DeclaredForm):
    """The plain fields are those that `coalition.fields` places on a form."""

    table = SEAT

    membership = PeopleChoice(label=SEAT["membership"].question, queryset=Membership.objects.none())
    function = forms.ModelChoiceField(
        label=SEAT["function"].question,
        queryset=BusinessFunction.objects.none(),
        required=False,
        empty_label=_("No function"),
    )
    touchpoints = RowsField(
        label=SEAT["touchpoints"].question,
        queryset=Touchpoint.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=SEAT["touchpoints"].use.help,
    )
    alternate = PeopleChoice(
        label=SEAT["alternate"].question,
        queryset=Membership.objects.none(),
        required=False,
        help_text=SEAT["alternate"].use.help,
    )

    def __init__(self, *args: Any, seat: Seat | None = None, **kwargs: Any) -> None:
        organization: Organization = kwargs["organization"]
        if seat is not None:
            kwargs["initial"] = SEAT.initial_of(seat)
        super().__init__(*args, **kwargs)
        self.seat = seat
        people = people_of(organization)
        if seat is not None:
            people = people | Membership.objects.of(organization).filter(pk=seat.membership_id)
        self.offer("membership", people)
        self.offer("alternate", people)
        self._group_by_vote("membership", "alternate")
        self.offer("function", BusinessFunction.objects.of(organization))
        self.offer("touchpoints", touchpoints_of(organization, kept=seat and seat.touchpoints))

    def _group_by_vote(self, *names: str) -> None:
        """Who may vote stands first; the others are there for a seat without a vote, which is said."""
        for name in names:
            field: Any = self.fields[name]
            able, others = [], []
            for person in field.queryset:
                choice = (person.pk, field.label_from_instance(person))
                if may(person.role, Action.VOTE):
                    able.append(choice)
                else:
                    others.append((person.pk, bracketed(choice[1], person.get_role_display())))
            unable = [Role(role).label for role in Role.values if not may(role, Action.VOTE)]
            first = [("", field.empty_label)] if field.empty_label else []
            label = str(_("Cannot vote: only for a seat without a vote"))
            field.choices = [*first, *able, *([(label, others)] if others else [])]
            if others:
                text = _("A seat with a vote needs a role that may vote. These may not: %(roles)s.")
                field.help_text = sentences(
                    [str(field.help_text), str(text) % {"roles": listed(map(str, unable))}]
                )

    def values(self) -> SeatValues:
        return SEAT.values_of(self.seat, **self.typed())


class VoteForm(StyledForm):
    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("So that the owner can act on it."),
    )
    revision_digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seat = forms.ModelChoiceField(queryset=Seat.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, seats: Iterable[Seat], words: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        """`seats` are all of the vote: whether this member speaks for one of them, the service says. `words`
        say for whom a vote is, by the id of the seat: nobody sees the field itself."""
        super().__init__(*args, **kwargs)
        self.fields["seat"].widget.attrs |= {
            "data-label": _("Seat"),
            "data-choices": json.dumps(words or {}, ensure_ascii=False),
        }
        self.fields["seat"].queryset = Seat.objects.filter(  # type: ignore[attr-defined]
            pk__in=[seat.pk for seat in seats]
        ).select_related("membership__user")
        self.say_when_needed(_("needed to ask for changes or to reject"), "comment")

    def clean(self) -> dict[str, Any]:
        """What is wrong with a field that nobody sees is said above the form."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if {"seat", "revision_digest"} & set(self.errors):
            self.add_error(None, _("This page is out of date. Nothing was recorded; please vote again."))
        return cleaned

    def rebase(self, revision_digest: str) -> None:
        """Keep everything typed, but on the version that is open now: voting again is a choice."""
        typed = self.data.copy()  # type: ignore[attr-defined]
        typed["revision_digest"] = revision_digest
        self.data = typed
