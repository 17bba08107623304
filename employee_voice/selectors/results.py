"""What is shown of a published wave: the stored decision, cut to what the reader may see."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization
from cxstats.anonymity import Telling
from cxstats.codec import decoded
from cxstats.engagement import (
    Changed,
    Figure,
    FunctionResult,
    Measure,
    MeasureKind,
)
from cxstats.errors import Reason
from employee_voice import telling
from employee_voice.choices import CHANGE_QUESTION, ENPS_QUESTION, STRAIGHT_LEAST, SectionRole
from employee_voice.content import fixed_content, scale_questions
from employee_voice.models import Wave, WaveResults
from employee_voice.results import EVERYBODY, Results
from employee_voice.scope import WaveTree, seen_by, tree_of
from employee_voice.selectors.shown import Bar, Line, Ordered, ResultsPage, Rough, Row
from wording import intervals
from wording.formats import Reader, reader
from wording.joining import sentences
from wording.refusals import refusal_text

MOST_KEPT = 8  # decoded results per process
_KEPT: dict[str, Results] = {}  # by digest
BANDS = (0.3, 0.45, 0.6, 0.75)  # shares of favourable answers at which the heat map's tint grows


def results_of(wave: Wave) -> Results:
    """What was decided at publication. One query, the decoding once per process."""
    row = WaveResults.objects.get(wave=wave)
    return _kept(row.digest, row.content)


def results_by_wave(waves: Collection[int]) -> dict[int, Results]:
    """The same by the keys of waves, as far as they are published: one query; a second one for what this
    process has not decoded yet.
    """
    if not waves:
        return {}
    rows = WaveResults.objects.filter(wave__in=waves)
    digests = dict(rows.values_list("wave", "digest"))
    found = {pk: _KEPT[digest] for pk, digest in digests.items() if digest in _KEPT}
    if missing := set(digests) - set(found):
        for row in rows.filter(wave__in=missing):
            found[row.wave_id] = _kept(row.digest, row.content)
    return found


def _kept(digest: str, content: Any) -> Results:
    found = _KEPT.get(digest)
    if found is None:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[digest] = decoded(Results, content)
    return found


def published_waves(organization: Organization) -> list[Wave]:
    """The newest first. One query."""
    waves = Wave.objects.of(organization).published().defer("content").select_related("survey")
    return list(waves.order_by("-closes_on", "-pk"))


def results_page(
    member: Membership, wave: Wave, key: str = EVERYBODY, tree: WaveTree | None = None
) -> ResultsPage:
    """What the member sees of the organization, or of a function that is hers to see. Four queries."""
    tree = tree or tree_of(wave)
    return page_of(tree, seen_by(member, tree), key)


def page_of(tree: WaveTree, seen: frozenset[str], key: str = EVERYBODY) -> ResultsPage:
    """The same of the functions that are given. Two queries."""
    wave = tree.wave
    results = results_of(wave)
    writer = Writer(wave, results, tree)
    rows = tuple(
        writer.row(function)
        for function in _in_order(results, tree)
        if function.key in seen and key in tree.chain(function.key)
    )
    before = Wave.objects.defer("content").filter(pk=results.before).first() if results.before else None
    return ResultsPage(
        wave=wave,
        before=before,
        headline=writer.headline(rows[0]),
        row=rows[0],
        rows=rows,
        compared=bool(results.compared),
        driver_scores=results.publication.driver_scores,
        roughly=_roughly(rows),
        has_blunt=any(line.is_blunt for row in rows for line in row.cells),
        has_ranges=any(line.range for row in rows for line in (*row.cells, *row.own)),
        has_hidden=any(not row.is_shown for row in rows)
        or any(line.why for row in rows for line in row.cells),
        **(writer.whole() if key == EVERYBODY and rows[0].is_shown else {}),
    )


def _roughly(rows: Iterable[Row]) -> tuple[Rough, ...]:
    """Each reason once, with the functions that it holds of."""
    names = dict[str, list[str]]()
    for row in rows:
        if row.roughly:
            names.setdefault(row.roughly, []).append(row.name)
    return tuple(Rough(names=tuple(found), why=why) for why, found in names.items())


def _in_order(results: Results, tree: WaveTree) -> list[FunctionResult]:
    """Every function under what it is part of, by name."""
    found = {function.key: function for function in results.publication.functions}
    parts: dict[str | None, list[str]] = {}
    for key in sorted((key for key in tree.parents if key in found), key=tree.name):
        parts.setdefault(tree.parents[key], []).append(key)
    order, todo = list[FunctionResult](), [EVERYBODY]
    while todo:
        key = todo.pop()
        order.append(found[key])
        todo += reversed(parts.get(key, []))
    return order


class Writer:
    """Figures of one wave in the reader's words."""

    def __init__(self, wave: Wave, results: Results, tree: WaveTree) -> None:
        self.form: Reader = reader()
        self.results, self.tree, self.wave = results, tree, wave
        self.content = fixed_content(wave.content_digest, wave.content)
        self.names = telling.measure_names(self.content)
        self.measures = {measure.key: measure for measure in results.publication.measures}
        self.changed = {(one.function, one.measure): one for one in results.changed}
        self.at = {one.function: one.at for one in results.counted_with}
        self.since = {one.function: telling.wave_text(one.number) for one in results.near}

    def row(self, function: FunctionResult) -> Row:
        lines = self._lines(function)
        items = {
            question.key
            for measure in self.measures.values()
            if measure.kind is MeasureKind.DRIVER
            for question in measure.questions
        }
        at = self.at.get(function.key)
        return Row(
            key=function.key,
            name=self.tree.name(function.key),
            depth=len(self.tree.chain(function.key)) - 1,
            result=function,
            why=telling.hidden_function_text(
                function,
                minimum=self.results.publication.minimum,
                counted_with=self.tree.name(at) if at and function.is_empty else "",
            ),
            participation=telling.participation_text(self.form, function),
            drivers=tuple(line for line in lines.values() if line.measure.kind is MeasureKind.DRIVER),
            enps=lines.get(ENPS_QUESTION),
            own=tuple(
                line
                for key, line in lines.items()
                if line.measure.kind is MeasureKind.ITEM and key not in items
            ),
            roughly=telling.rough_function_text(self.form, function, since=self.since.get(function.key, "")),
        )

    def _lines(self, function: FunctionResult) -> dict[str, Line]:
        figures = {figure.measure: figure for figure in function.figures}
        lines = dict[str, Line]()
        for measure in reversed(self.measures.values()):  # items come after their drivers
            items = tuple(
                lines[question.key]
                for question in measure.questions
                if measure.kind is MeasureKind.DRIVER and question.key in lines
            )
            change = self.changed.get((function.key, measure.key))
            figure, since = figures.get(measure.key), self.since.get(function.key, "")
            lines[measure.key] = self._line(measure, figure, items, change, since)
        return dict(reversed(lines.items()))

    def _line(
        self,
        measure: Measure,
        figure: Figure | None,
        items: tuple[Line, ...],
        change: Changed | None,
        since: str,
    ) -> Line:
        form, name = self.form, self.names.get(measure.key, measure.key)
        if figure is None:
            return Line(measure=measure, figure=None, name=name, items=items)
        if why := telling.hidden_figure_text(figure, since=since):
            return Line(measure=measure, figure=figure, name=name, why=why, items=items)
        favourable = telling.share_text(form, figure.favourable)
        score = telling.score_text(form, measure.kind, figure.score)
        return Line(
            measure=measure,
            figure=figure,
            name=name,
            text=telling.cell_text(measure.kind, favourable, score),
            favourable=favourable,
            neutral=telling.share_text(form, figure.neutral),
            unfavourable=telling.share_text(form, figure.unfavourable),
            score=score,
            range=telling.range_text(form, measure.kind, figure.score),
            answers=telling.answers_text(form, figure.n, is_blunt=figure.how is Telling.BLUNT),
            change=telling.change_text(form, measure.kind, change),
            band=_band(figure),
            bar=_bar(figure),
            items=items,
        )

    def headline(self, row: Row) -> str:
        """What matters first, in one or two sentences."""
        if not row.is_shown:
            return row.why
        said = list[str]()
        engagement = row.driver(SectionRole.ENGAGEMENT)
        if engagement is not None and engagement.band:
            said.append(_("Engagement: %(share)s favorable.") % {"share": engagement.favourable})
        if row.weakest is not None:
            words = _("The weakest driver is “%(driver)s”: %(share)s favorable.")
            said.append(words % {"driver": row.weakest.name, "share": row.weakest.favourable})
        found = sum(bool(line.change) for line in row.cells)
        if found:
            words = ngettext(
                "%(count)s figure has changed since the last wave by more than chance.",
                "%(count)s figures have changed since the last wave by more than chance.",
                found,
            )
            said.append(words % {"count": self.form.number(found)})
        return sentences(said)

    def _reliability(
        self, measure: str, value: float | None, low: float | None, high: float | None, refusal: Reason | None
    ) -> Ordered:
        text = "–" if value is None else self.form.number(value, 2)
        return Ordered(
            name=self.names.get(measure, measure),
            text=refusal_text(refusal) if refusal else text,
            range=_between(self.form, low, high, 2),
        )

    def whole(self) -> dict[str, Any]:
        """What is said of the whole organization only."""
        publication, form = self.results.publication, self.form
        whole = publication.functions[0]
        if whole.is_blunt:  # exact figures would tell what the blunt ones do not
            return {"quality": self._quality(), "felt": self._felt()}
        exact = {figure.measure for figure in whole.figures if figure.how is Telling.EXACT}
        drivers = {one.key for one in publication.measures if one.kind is MeasureKind.DRIVER}
        goes = publication.goes_with if drivers <= exact else None
        return {
            "reliability": tuple(
                self._reliability(one.measure, one.alpha, one.low, one.high, one.refusal)
                for one in publication.reliability
                if one.measure in exact
            ),
            "omega": tuple(
                self._reliability(one.measure, one.omega, one.omega_low, one.omega_high, one.omega_refusal)
                for one in publication.reliability
                if one.measure in exact and (one.omega is not None or one.omega_refusal)
            ),
            "goes_with": tuple(
                Ordered(
                    name=self.names.get(part.measure, part.measure),
                    text=form.percent(part.share),
                    range=_shares(form, part.low, part.high),
                )
                for part in sorted(goes.parts, key=lambda part: -(part.share or 0))
                if part.share is not None
            )
            if goes
            else (),
            "goes_with_refusal": refusal_text(goes.refusal) if goes and goes.refusal else "",
            "quality": self._quality(),
            "felt": self._felt(),
        }

    def _quality(self) -> tuple[Ordered, ...]:
        found = self.results.quality
        if found is None:
            return ()
        fast, straight = (telling.share_text(self.form, one) for one in (found.fast, found.straight))
        if len(scale_questions(self.content)) < STRAIGHT_LEAST:  # a short pulse: none can have been counted
            straight = _("not counted: said from %(count)s questions on a scale on") % {
                "count": STRAIGHT_LEAST
            }
        return (
            Ordered(name=_("Answered faster than the questions can be read"), text=fast),
            Ordered(name=_("Gave the same answer to every question"), text=straight),
        )

    def _felt(self) -> tuple[Ordered, ...]:
        names: Mapping[str, str] = telling.choice_names(self.content, CHANGE_QUESTION)
        return tuple(
            Ordered(name=names.get(one.choice, one.choice), text=telling.share_text(self.form, one.share))
            for one in self.results.felt
        )


def _band(figure: Figure) -> int:
    if figure.favourable is None:
        return 0
    return 1 + sum(figure.favourable.value >= edge for edge in BANDS)


def _bar(figure: Figure) -> Bar | None:
    if figure.how is not Telling.EXACT or not (figure.unfavourable and figure.neutral and figure.favourable):
        return None
    return Bar(
        unfavourable=round(100 * figure.unfavourable.value, 1),
        neutral=round(100 * figure.neutral.value, 1),
        favourable=round(100 * figure.favourable.value, 1),
    )


def _between(form: Reader, low: float | None, high: float | None, digits: int) -> str:
    if low is None or high is None:
        return ""
    return intervals.from_to(form.number(low, digits), form.number(high, digits))


def _shares(form: Reader, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return intervals.from_to(form.percent(low), form.percent(high))
