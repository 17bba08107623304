"""Closed waves with given answers, written as closing writes them; credentials by the list of addresses."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from accounts.models import BusinessFunction, Membership
from employee_voice.choices import WaveState
from employee_voice.content import survey_content
from employee_voice.models import Answer, Comment, Invitation, KeyGroup, Survey, Wave, WaveFunction
from employee_voice.results import measures_of
from questionnaires.stored import digest_of_questionnaire
from tests.factories.employee_voice import survey_of

Scores = Mapping[str, str | list[str]]


def closed_wave(
    leader: Membership,
    answers: Mapping[str, Sequence[Scores]],
    *,
    survey: Survey | None = None,
    functions: Mapping[str, BusinessFunction],
    given: Mapping[str, Sequence[str]] | None = None,
    asked: Mapping[str, int] | None = None,
    comments: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    before: Wave | None = None,
    **plan: object,
) -> Wave:
    """A closed wave. `answers`, `given` (addresses that were given a credential), `asked` and `comments`
    ((question, text)) by the key of `functions`; each function with people has a group of its own.
    """
    survey = survey or survey_of(leader)
    number = survey.waves.count() + 1
    wave = Wave.objects.create(
        survey=survey,
        number=number,
        public_id=f"wave-{survey.pk}-{number}",
        state=WaveState.CLOSED,
        opens_on=date(2026, 3 * number, 1),
        closes_on=date(2026, 3 * number, 15),
        content=survey.content,
        content_digest=digest_of_questionnaire(survey_content(survey.content)),
        **plan,
    )
    rows = _functions(wave, functions, before)
    for place, (name, row) in enumerate(rows.items(), start=1):
        here = answers.get(name, ())
        people = (asked or {}).get(name, len(here))
        if not people:
            continue
        group = KeyGroup.objects.create(wave=wave, number=place, people=people, public_key="-")
        row.group, row.asked = group, people
        row.save()
        Answer.objects.bulk_create(Answer(wave=wave, group=group, scores=dict(one)) for one in here)
        Comment.objects.bulk_create(
            Comment(wave=wave, group=group, question=question, text=text)
            for question, text in (comments or {}).get(name, ())
        )
        emails = (given or {}).get(name, [f"{name}{one}@northwind.example" for one in range(len(here))])
        Invitation.objects.bulk_create(
            Invitation(wave=wave, wave_function=row, group=group, email=email, was_given_credential=True)
            for email in emails
        )
    return wave


def _functions(
    wave: Wave, functions: Mapping[str, BusinessFunction], before: Wave | None
) -> dict[str, WaveFunction]:
    earlier = {row.function_id: row for row in before.functions.all()} if before else {}
    rows = {
        name: WaveFunction.objects.create(
            wave=wave,
            function=function,
            name=function.name,
            head=function.head,
            came_from=earlier.get(function.pk),
        )
        for name, function in functions.items()
    }
    by_function = {row.function_id: row for row in rows.values()}
    for row in rows.values():
        row.parent = by_function.get(row.function.parent_id)
        row.save()
    return rows


def random_answers(
    survey: Survey, n: int, seed: int, *, lean: float = 0.5, skips: float = 0.05
) -> list[dict[str, str | list[str]]]:
    """Answers drawn by chance around a leaning (0-1 of the scale), a few skipped, texts left out."""
    rng = np.random.default_rng(seed)
    questions = [
        measure.questions[0]
        for measure in measures_of(survey_content(survey.content))
        if len(measure.questions) == 1
    ]
    asked = {question.key: question for question in questions}
    found: list[dict[str, str | list[str]]] = []
    for _person in range(n):
        row: dict[str, str | list[str]] = {}
        for key, question in asked.items():
            if rng.random() < skips:
                continue
            part = 1 - lean if question.reverse else lean
            steps = int(question.high - question.low)
            row[key] = str(int(question.low) + int(rng.binomial(steps, part)))
        row["changed"] = [str(rng.choice(["better", "unchanged", "worse"]))]
        found.append(row)
    return found
