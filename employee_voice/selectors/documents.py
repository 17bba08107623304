"""What a document says of a published wave: the stored decision, cut to what its reader may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Membership
from cxstats.anonymity import Telling
from cxstats.engagement import Share
from employee_voice.choices import SEES_ALL, Reach
from employee_voice.models import FunctionAction, Wave, WaveResults
from employee_voice.results import EVERYBODY, RESULTS_VERSION
from employee_voice.scope import WaveTree, seen_by, tree_of, trees_of
from employee_voice.selectors.actions import ActionRow, rows_of_actions
from employee_voice.selectors.results import page_of
from employee_voice.selectors.shown import Line, ResultsPage, Row
from employee_voice.telling import digits_of, told_value


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveDocument:
    """`page` has a row for each function of the document; `parts` the rows below the organization."""

    page: ResultsPage
    wave: Wave

    @property
    def parts(self) -> tuple[Row, ...]:
        return self.page.rows[1:]


def reach_of(member: Membership, tree: WaveTree) -> Reach:
    """How far a document for this member reaches."""
    if member.role in SEES_ALL:
        return Reach.ALL
    return Reach.LINE if tree.line(member) else Reach.WHOLE


def covered(member: Membership, documents: Mapping[int, tuple[Wave, Collection[str]]]) -> set[int]:
    """Those of the documents, by key, all of whose functions the member sees today. Two queries, none without
    a document."""
    waves = {wave.pk: wave for wave, _keys in documents.values()}
    trees = trees_of(list(waves.values()), member.organization)
    return {pk for pk, (wave, keys) in documents.items() if set(keys) <= seen_by(member, trees[wave.pk])}


def wave_document(wave: Wave, keys: Collection[str]) -> WaveDocument:
    """The wave as it was published, of these functions. Five queries."""
    tree = tree_of(wave)
    return WaveDocument(page=page_of(tree, frozenset(keys)), wave=wave)


def wave_evidence(member: Membership, wave: Wave) -> dict[str, Any]:
    """Plain values for the content of a document: figures no finer than the page shows them. At most
    fourteen queries.
    """
    tree = tree_of(wave)
    keys = seen_by(member, tree)
    page = page_of(tree, keys)
    reach = reach_of(member, tree)
    stored = WaveResults.objects.get(wave=wave)
    return {
        "wave": {
            "survey": wave.survey.title,
            "number": wave.number,
            "opens_on": wave.first_day.isoformat(),
            "closes_on": wave.last_day.isoformat(),
            "minimum": wave.minimum,
            "comment_minimum": wave.comment_minimum,
            "sample_pct": wave.sample_pct,
            "content_digest": wave.content_digest,
            "keys_digest": wave.keys_digest,
        },
        "results": {
            "digest": stored.digest,
            "version": RESULTS_VERSION,
            "driver_scores": page.driver_scores.value,
        },
        "reach": reach.value,
        # what one head may see is a document of her own, whatever another head's holds
        **({"reader": member.pk} if reach == Reach.LINE else {}),
        "compared_with": page.before.number if page.before else None,
        "functions": [_function(row, tree) for row in page.rows],
        "actions": [_action(row) for row in rows_of_actions(tree, _actions(wave), keys) if row.key in keys],
    }


def _actions(wave: Wave) -> list[FunctionAction]:
    return list(FunctionAction.objects.filter(wave=wave).select_related("owner__user", "wave__survey"))


def _function(row: Row, tree: WaveTree) -> dict[str, Any]:
    """`answered` as it is told: of blunt functions to fives, of hidden ones not at all."""
    result = row.result
    return {
        "key": row.key,
        "name": row.name,
        "part_of": tree.parents[row.key],
        "hidden": str(result.why.value) if result.why else None,
        "answered": result.answered,
        "asked": result.asked if row.is_shown else None,
        "is_blunt": result.is_blunt,
        "figures": [_line(line) for line in row.told],
    }


def _line(line: Line) -> dict[str, Any]:
    figure, digits = line.figure, digits_of(line.measure.kind)
    if figure is None or figure.how is Telling.HIDDEN:
        return {"measure": line.measure.key, "told": Telling.HIDDEN.value}
    score = figure.score
    return {
        "measure": line.measure.key,
        "told": figure.how.value,
        "n": figure.n,
        "favourable": _share(figure.favourable),
        "neutral": _share(figure.neutral),
        "unfavourable": _share(figure.unfavourable),
        "score": None if score is None else round(score.value, digits),
        "low": None if score is None else round(score.interval.low, digits),
        "high": None if score is None else round(score.interval.high, digits),
        "changed": bool(line.change),
    }


def _share(share: Share | None) -> dict[str, Any] | None:
    """Rounded as on the page; `step` above zero says how roughly it is told."""
    if share is None:
        return None
    return {"value": told_value(share), "step": share.step, "is_open": share.is_open}


def _action(row: ActionRow) -> dict[str, Any]:
    action = row.action
    return {
        "function": EVERYBODY if action.wave_function_id is None else str(action.wave_function_id),
        "driver": action.driver,
        "text": action.text,
        "owner": str(action.owner),
        "due_on": action.due_on.isoformat(),
        "state": action.state,
        "next_wave": row.next_wave.number if row.next_wave else None,
        "before": _line(row.before) if row.before else None,
        "after": _line(row.after) if row.after else None,
    }
