"""The shape of what is typed about rounds and answers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from assessments.choices import (
    DEFAULT_GROUP,
    LEAST_GROUP,
    LEVELS,
    MOST_COMMENT_CHARACTERS,
    MOST_GROUP,
    MOST_LINK_CHARACTERS,
    AnswerStatus,
)
from assessments.models import Assessment, FrameworkVersion
from assessments.selectors.profiles import said
from common.forms import DateInput, LocalIntegerField, RowsField, StyledForm, YesNoField
from questionnaires.wording import Text
from wording.formats import reader


class FrameworkChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        name: Text = obj.name
        own = "" if obj.organization_id is None else " · " + _("own")
        return f"{said(name)} {obj.version} · {obj.get_kind_display()}{own}"


class RoundChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        label: str = obj.label
        return label


class MembersChoice(RowsField):
    def label_from_instance(self, obj: Any) -> str:
        return " · ".join(part for part in (str(obj.user), obj.job_title or str(obj.function or "")) if part)


def target_levels() -> list[tuple[str, str]]:
    """Levels and the halves between them, as the reader writes them."""
    return [(f"{level / 2:g}", reader().shortest(level / 2)) for level in range(2, 11)]


class AssessmentForm(StyledForm):
    framework = FrameworkChoice(
        label=_("Framework"),
        queryset=FrameworkVersion.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    title = forms.CharField(
        label=_("Name of the round"), max_length=120, help_text=_("For example: Spring 2027, all departments")
    )
    target_level = forms.TypedChoiceField(
        label=_("Target level"),
        choices=target_levels,
        coerce=Decimal,
        initial="4",
        help_text=_("Gaps are measured against this level. Not every organization needs a 5."),
    )
    due_on = forms.DateField(label=_("Answers due by"), required=False, widget=DateInput)
    previous = RoundChoice(
        label=_("Compare with"),
        queryset=Assessment.objects.none(),
        required=False,
        empty_label=_("No earlier round"),
        help_text=_("A closed round of the same framework. The result then shows what changed."),
    )
    minimum_group = LocalIntegerField(
        label=_("Smallest group shown"),
        min_value=LEAST_GROUP,
        max_value=MOST_GROUP,
        initial=DEFAULT_GROUP,
        help_text=_(
            "Perspectives with fewer people are shown together with others. Respondents see this "
            "number, so it cannot be changed later."
        ),
    )
    takes_part = YesNoField(label=_("I answer too"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        frameworks: QuerySet[FrameworkVersion],
        rounds: QuerySet[Assessment],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["framework"].queryset = frameworks  # type: ignore[attr-defined]
        self.fields["previous"].queryset = rounds  # type: ignore[attr-defined]


class InvitationForm(StyledForm):
    members = MembersChoice(
        label=_("People"), queryset=Membership.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    perspective = forms.ChoiceField(
        label=_("Perspective"),
        required=False,
        help_text=_("Where these people sit in the organization. Results are compared by perspective."),
    )

    def __init__(
        self,
        *args: Any,
        members: QuerySet[Membership],
        perspectives: tuple[tuple[str, str], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = members  # type: ignore[attr-defined]
        self.fields["perspective"].choices = [("", _("Not stated")), *perspectives]  # type: ignore[attr-defined]


class CloseForm(StyledForm):
    leave_out_outstanding = YesNoField(required=False)


class ReasonForm(StyledForm):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ConsensusForm(StyledForm):
    level = forms.TypedChoiceField(
        label=_("Agreed level"), choices=[(level, str(level)) for level in LEVELS], coerce=int
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class FrameworkImportForm(StyledForm):
    file = forms.FileField(
        label=_("Framework file (YAML)"),
        help_text=_("Same format as the built-in frameworks; at most 1 MB."),
    )

    def text(self) -> str:
        """The file's text; bytes that are not UTF-8 become marks that the reader refuses."""
        content: bytes = self.cleaned_data["file"].read(1_000_001)
        return content.decode("utf-8", errors="replace")


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedAnswer:
    """One practice as it stands in the form; `save_answer` takes it as it is."""

    practice: str
    status: str
    level: int | None
    confidence: str
    comment: str
    evidence_url: str

    @property
    def is_untouched(self) -> bool:
        return self.status == AnswerStatus.BLANK and not (
            self.confidence or self.comment or self.evidence_url
        )


def typed_answer(data: QueryDict, practice: str) -> TypedAnswer:
    """Reads `<practice>-choice`, `-confidence`, `-comment`, `-evidence_url`.

    What is none of the answers on offer goes on as it is: the service refuses it, and what was kept stays.
    """

    def typed(name: str, most: int) -> str:
        return data.get(f"{practice}-{name}", "")[: most + 1]

    choice = typed("choice", 20)
    level = int(choice) if choice in {str(level) for level in LEVELS} else None
    status = AnswerStatus.ANSWERED if level is not None else choice or AnswerStatus.BLANK
    return TypedAnswer(
        practice=practice,
        status=status,
        level=level,
        confidence=typed("confidence", 6),
        comment=typed("comment", MOST_COMMENT_CHARACTERS),
        evidence_url=typed("evidence_url", MOST_LINK_CHARACTERS),
    )
