"""A go-live day that was corrected, in sentences: the same on page, document and form."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxstats.design import EstimandKind
from impact.go_lives import GoLiveHistory, GoLiveMove, StudyRun
from impact.wording.sentences import verdict_title
from wording.figures import amount_text, range_text
from wording.formats import reader
from wording.joining import sentences


def move_text(move: GoLiveMove) -> str:
    """Who corrected the day, when, from which to which and why, and whether a result was known by then."""
    day = reader().day
    slots = {
        "on": day(move.at),
        "before": day(move.before),
        "after": day(move.after),
        "who": move.by,
        "reason": move.reason.rstrip("."),
    }
    text = _("On %(on)s %(who)s corrected the go-live from %(before)s to %(after)s: “%(reason)s”.") % slots
    known = _("A result was known by then.") if move.result_known else _("No result was known by then.")
    return sentences([text, known])


def run_text(run: StudyRun, kind: EstimandKind) -> str:
    """One study in one line: its day, its data, its effect and its verdict."""
    slots = {
        "number": run.number,
        "day": "–" if run.go_live is None else reader().day(run.go_live),
        "until": reader().day(run.data_cutoff),
        "verdict": verdict_title(run.verdict),
        "grade": run.grade,
    }
    if run.effect is None:
        return (
            _(
                "Study %(number)s (go-live %(day)s, data up to %(until)s): “%(verdict)s”, design grade "
                "%(grade)s"
            )
            % slots
        )
    value, low, high = run.effect
    slots["effect"] = amount_text(reader(), kind, value, signed=True)
    slots["range"] = range_text(reader(), kind, low, high, signed=True)
    return (
        _(
            "Study %(number)s (go-live %(day)s, data up to %(until)s): %(effect)s (%(range)s), "
            "“%(verdict)s”, design grade %(grade)s"
        )
        % slots
    )


def runs_text(runs: Sequence[StudyRun]) -> str:
    """How many studies were run on the plan, with how many go-live days; empty without any."""
    if not runs:
        return ""
    days = len({run.go_live for run in runs})
    studies = ngettext(
        "%(count)s study was run on this plan",
        "%(count)s studies were run on this plan",
        len(runs),
    ) % {"count": len(runs)}
    return ngettext(
        "%(studies)s, with %(count)s go-live day:",
        "%(studies)s, with %(count)s different go-live days:",
        days,
    ) % {"studies": studies, "count": days}


def moved_text(history: GoLiveHistory) -> str:
    """The first page's warning: the last correction that came after a result; empty where none did."""
    late = [move for move in history.moves if move.result_known]
    if not late:
        return ""
    last = late[-1]
    return _(
        "The go-live was corrected from %(before)s to %(after)s on %(on)s, after a result was known. Who "
        "corrected it, why, and every study that was run is said below."
    ) % {
        "before": reader().day(last.before),
        "after": reader().day(last.after),
        "on": reader().day(last.at),
    }
