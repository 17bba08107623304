"""Driver scores by business function, for higher rooms: the stored publication alone, with what it hides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Organization
from cxstats.anonymity import Telling
from cxstats.codec import decoded
from cxstats.engagement import FunctionResult, MeasureKind, Publication, drivers_of_items
from employee_voice import telling
from employee_voice.content import fixed_content
from employee_voice.models import Wave, WaveFunction, WaveResults
from employee_voice.results import Results

MOST_WAVES = 8  # of one survey that are read at once


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredFunction:
    """`function` and `parent` are keys of business functions. `scores`: means by driver, told exactly; of a
    driver that is hidden or blunt there is none, and `why` says so where there is none at all.
    """

    function: int
    parent: int | None
    name: str
    scores: Mapping[str, float]
    answered: int | None
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredWave:
    """A published wave; `drivers` are names by key in the reader's language."""

    pk: int
    survey: str
    number: int
    opens_on: date
    closes_on: date
    drivers: Mapping[str, str]
    functions: tuple[ScoredFunction, ...]


def scored_waves(organization: Organization) -> list[ScoredWave]:
    """The published waves of the survey that was published last, oldest first. Three queries."""
    waves = list(
        Wave.objects.of(organization)
        .published()
        .select_related("survey", "results")
        .order_by("-closes_on", "-pk")[: 3 * MOST_WAVES]
    )
    if not waves:
        return []
    chosen = [wave for wave in waves if wave.survey_id == waves[0].survey_id][:MOST_WAVES]
    rows = WaveFunction.objects.filter(wave__in=chosen).exclude(function=None)
    by_wave: dict[int, list[WaveFunction]] = {}
    for row in rows.select_related("parent"):
        by_wave.setdefault(row.wave_id, []).append(row)
    return [
        _scored(wave, publication, by_wave.get(wave.pk, []))
        for wave, publication in zip(reversed(chosen), _made_alike(list(reversed(chosen))), strict=True)
    ]


def _made_alike(waves: Sequence[Wave]) -> list[Publication]:
    """What the waves published; where they made drivers in different ways, of their items in all of them."""
    stored: list[WaveResults] = [wave.results for wave in waves]
    found = [decoded(Results, row.content).publication for row in stored]
    if len({publication.driver_scores for publication in found}) > 1:
        return [drivers_of_items(publication) for publication in found]
    return found


def _scored(wave: Wave, publication: Publication, rows: Sequence[WaveFunction]) -> ScoredWave:
    names = telling.measure_names(fixed_content(wave.content_digest, wave.content))
    drivers = {one.key: names[one.key] for one in publication.measures if one.kind is MeasureKind.DRIVER}
    found = {result.key: result for result in publication.functions}
    return ScoredWave(
        pk=wave.pk,
        survey=wave.survey.title,
        number=wave.number,
        opens_on=wave.opens_on,
        closes_on=wave.closes_on,
        drivers=drivers,
        functions=tuple(
            _function(row, found[str(row.pk)], drivers, publication.minimum)
            for row in rows
            if str(row.pk) in found
        ),
    )


def _function(
    row: WaveFunction, result: FunctionResult, drivers: Mapping[str, str], minimum: int
) -> ScoredFunction:
    scores = {
        figure.measure: figure.score.value
        for figure in result.figures
        if figure.measure in drivers and figure.how is Telling.EXACT and figure.score is not None
    }
    why = "" if scores else telling.hidden_function_text(result, minimum=minimum)
    if not scores and not why:
        why = _("Told in steps only, so that nobody can be worked out: no exact score.")
    return ScoredFunction(
        function=row.function_id or 0,
        parent=row.parent.function_id if row.parent else None,
        name=row.name,
        scores=scores,
        answered=result.answered,
        why=why,
    )
