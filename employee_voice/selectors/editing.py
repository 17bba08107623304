"""What the editor of a survey shows: each text with its translations, and what may be changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from employee_voice.choices import OWN_SECTION, SectionRole, WaveState
from employee_voice.content import survey_content, text_places
from employee_voice.models import Invitation, KeptList, Survey, Wave
from questionnaires.forms import own_name


@dataclass(frozen=True, kw_only=True, slots=True)
class EditedText:
    """`number` counts the questions, 0 for other texts; `label` names a section."""

    place: str
    label: str
    number: int
    is_question: bool
    is_reverse: bool
    texts: tuple[tuple[str, str, str], ...]  # language, its name, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Editor:
    survey: Survey
    languages: tuple[tuple[str, str], ...]
    default_language: str
    texts: tuple[EditedText, ...]
    questions: int
    has_answers: bool  # a wave has opened: spelling and translation only
    listed: int  # addresses on lists of its waves
    digests: int  # of addresses on lists of published waves
    can_delete_lists: bool  # every wave is published, and there is a list, or digests of one


def editor_of(survey: Survey) -> Editor:
    """Three queries."""
    content = survey_content(survey.content)
    languages = tuple((code, own_name(code)) for code in content.languages)
    reverse = {question.key for question in content.questions if question.is_reverse}
    asked = {question.key for question in content.questions}
    listed = Invitation.objects.filter(wave__survey=survey).count()
    digests = KeptList.objects.filter(wave__survey=survey).aggregate(people=Sum("people"))["people"] or 0
    states = set(Wave.objects.filter(survey=survey).values_list("state", flat=True))
    numbers = {question.key: number for number, question in enumerate(content.questions, start=1)}
    return Editor(
        survey=survey,
        languages=languages,
        default_language=content.default_language,
        texts=tuple(
            EditedText(
                place=place,
                label=_label(place, text, content.default_language),
                number=numbers.get(place, 0),
                is_question=place in asked,
                is_reverse=place in reverse,
                texts=tuple((code, name, text.get(code, "")) for code, name in languages),
            )
            for place, text in text_places(survey.content)
        ),
        questions=len(content.questions),
        has_answers=bool(states - {WaveState.DRAFT, WaveState.OPENING}),
        listed=listed,
        digests=digests,
        can_delete_lists=bool(listed or digests) and states == {WaveState.PUBLISHED},
    )


def _label(place: str, text: Mapping[str, str], language: str) -> str:
    """What a section is called by the product, else by its own title; other texts have no name."""
    key = place.removesuffix(".title")
    if not place.endswith(".title"):
        return ""
    if key == OWN_SECTION:
        return _("Questions of your own")
    return str(SectionRole(key).label) if key in SectionRole.values else text.get(language, "")
