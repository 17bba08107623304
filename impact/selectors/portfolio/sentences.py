"""What the portfolio says in its first sentence."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from cxstats.design import Verdict
from impact.selectors.portfolio.rows import LeftOut, PortfolioRow
from impact.wording import OPEN_STANDINGS, Standing
from wording.joining import listed, sentences

# What a value is itself, and what keeps it apart from the others.
_UNBACKED = (LeftOut.SCENARIO, LeftOut.IMPOSSIBLE)
_APART = (
    LeftOut.AFTERWARDS,
    LeftOut.CURRENCY,
    LeftOut.DISPUTED,
    LeftOut.DISPUTED_BEFORE,
    LeftOut.EARLIER,
)
_LEFT_OUT: dict[LeftOut, Any] = {
    LeftOut.SCENARIO: ngettext_lazy(
        "%(count)s value is a scenario only: it stands in the plain sum, not in the total.",
        "%(count)s values are scenarios only: they stand in the plain sum, not in the total.",
        "count",
    ),
    LeftOut.IMPOSSIBLE: ngettext_lazy(
        "%(count)s value has inputs that add up to more than all customers and stands in no sum.",
        "%(count)s values have inputs that add up to more than all customers and stand in no sum.",
        "count",
    ),
    LeftOut.AFTERWARDS: ngettext_lazy(
        "%(count)s value is of an initiative that was recorded afterwards and stands in no sum.",
        "%(count)s values are of initiatives that were recorded afterwards and stand in no sum.",
        "count",
    ),
    LeftOut.CURRENCY: ngettext_lazy(
        "%(count)s value is in another currency and stands in no sum.",
        "%(count)s values are in another currency and stand in no sum.",
        "count",
    ),
    LeftOut.DISPUTED: ngettext_lazy(
        "%(count)s value is disputed by finance and stands in no sum.",
        "%(count)s values are disputed by finance and stand in no sum.",
        "count",
    ),
    LeftOut.DISPUTED_BEFORE: ngettext_lazy(
        "%(count)s value follows one that finance disputed, has not been reviewed since and stands in no "
        "sum.",
        "%(count)s values follow ones that finance disputed, have not been reviewed since and stand in no "
        "sum.",
        "count",
    ),
    LeftOut.EARLIER: ngettext_lazy(
        "%(count)s value belongs to an earlier study and stands in no sum.",
        "%(count)s values belong to an earlier study and stand in no sum.",
        "count",
    ),
}


def portfolio_sentence(
    rows: Sequence[PortfolioRow], *, with_look_backs: bool = False, beside_program: bool = False
) -> str:
    """What is known of all initiatives: what their metrics did, and beside it what that is worth. Those that
    were recorded afterwards are counted apart: who records may choose what turned out well. Only where the
    reader asks for it are they counted with the others, and said to be so. `beside_program`: the return of
    the program tells the money."""
    studied = [row for row in rows if row.view is not None]
    if not studied:
        return _("No initiative has been studied yet. Run a study where enough time has passed.")
    text = _judged_sentence([row for row in studied if with_look_backs or not row.initiative.is_look_back])
    looked_back = sum(row.initiative.is_look_back for row in studied)
    afterwards = _looked_back_sentence(looked_back, is_counted=with_look_backs)
    money = "" if beside_program else _money_sentence(rows)
    return sentences([text, afterwards, money, _stale_sentence(rows), _outdated_sentence(rows)])


def _judged_sentence(rows: Sequence[PortfolioRow]) -> str:
    """How many were studied whose plan was fixed beforehand, and what came out."""
    verdicts = [row.view.finding.verdict for row in rows if row.view is not None]
    count = len(verdicts)
    if not count:
        return ""
    held = sum(verdict is Verdict.SUPPORTED for verdict in verdicts)
    against = sum(verdict in (Verdict.CONTRADICTED, Verdict.NO_EFFECT_WORTH_HAVING) for verdict in verdicts)
    slots = {"studied": count, "held": held, "against": against, "open": count - held - against}
    text = ngettext(
        "%(studied)s initiative studied: its metric moved as planned in %(held)s, not in %(against)s; "
        "%(open)s cannot be judged yet.",
        "%(studied)s initiatives studied: the metric moved as planned in %(held)s, not in %(against)s; "
        "%(open)s cannot be judged yet.",
        count,
    )
    return text % slots


def _looked_back_sentence(count: int, *, is_counted: bool) -> str:
    if not count:
        return ""
    if is_counted:
        return ngettext(
            "%(count)s of them was recorded afterwards.", "%(count)s of them were recorded afterwards.", count
        ) % {"count": count}
    return ngettext(
        "%(count)s initiative was recorded afterwards and studied; it is not counted here.",
        "%(count)s initiatives were recorded afterwards and studied; they are not counted here.",
        count,
    ) % {"count": count}


def _money_sentence(rows: Sequence[PortfolioRow]) -> str:
    """How many values were computed, and how many of those that may be summed are expected to gain, to lose,
    or may turn out either way; then each kind of the others, so that the counts add up.

    As the chart beside it reads them: a range that holds zero is open. That a value was computed is no word
    on its evidence, which the verdicts have. Those in another currency or disputed are named as such: no sum
    beside the sentence holds them.
    """
    judged = [row for row in rows if row.case is not None and row.left_out in (None, LeftOut.OVERLAP)]
    known = [row.standing for row in judged]
    apart = [_in_part_sentence(judged), *_left_out_sentences(rows, _APART), _missing_sentence(rows)]
    valued = sum(row.case is not None for row in rows)
    if not known:
        none = _("No value is backed by enough evidence yet.") if valued and not any(apart) else ""
        return sentences([none, *apart])
    counts = (
        (sum(one is Standing.GAIN for one in known), _("%(count)s expected to gain")),
        (sum(one is Standing.LOSS for one in known), _("%(count)s expected to lose")),
        (
            sum(one in OPEN_STANDINGS for one in known),
            _("%(count)s with a range from a loss to a gain"),
        ),
    )
    text = ngettext(
        "%(valued)s value was computed: %(parts)s.", "%(valued)s values were computed: %(parts)s.", valued
    ) % {"valued": valued, "parts": listed(part % {"count": count} for count, part in counts if count)}
    return sentences([text, _leaning_sentence(judged), *_left_out_sentences(rows, _UNBACKED), *apart])


def _missing_sentence(rows: Sequence[PortfolioRow]) -> str:
    """Which initiatives have an effect in the study that counts, and nothing that says what it is worth."""
    names = [
        row.initiative.reference
        for row in rows
        if row.case is None and row.view is not None and row.view.finding.effect is not None
    ]
    if not names:
        return ""
    return _("The study that counts has no value yet: %(names)s.") % {"names": listed(names)}


def _left_out_sentences(rows: Sequence[PortfolioRow], reasons: Sequence[LeftOut]) -> list[str]:
    """How many values a sum leaves out for each of these reasons, where any are."""
    counts = Counter(row.left_out for row in rows)
    return [str(_LEFT_OUT[reason] % {"count": counts[reason]}) for reason in reasons if counts[reason]]


def _in_part_sentence(rows: Sequence[PortfolioRow]) -> str:
    count = sum(row.undisputed is not None for row in rows)
    if not count:
        return ""
    return ngettext(
        "%(count)s value is counted without the benefits that finance disputes.",
        "%(count)s values are counted without the benefits that finance disputes.",
        count,
    ) % {"count": count}


def _leaning_sentence(rows: Sequence[PortfolioRow]) -> str:
    leaning = sum(
        row.worth is not None and row.standing in OPEN_STANDINGS and row.worth.probability_of_loss > 0.5
        for row in rows
    )
    if not leaning:
        return ""
    return ngettext(
        "For %(count)s value with such a range a loss is more likely than a gain.",
        "For %(count)s values with such a range a loss is more likely than a gain.",
        leaning,
    ) % {"count": leaning}


def _stale_sentence(rows: Sequence[PortfolioRow]) -> str:
    """Figures that do not know of a corrected go-live or a changed plan are said to be so."""
    texts = []
    moved = sum(row.is_of_other_go_live for row in rows)
    if moved:
        text = ngettext(
            "For %(count)s initiative the go-live was corrected after its study: run a new study.",
            "For %(count)s initiatives the go-live was corrected after their studies: run new studies.",
            moved,
        )
        texts.append(text % {"count": moved})
    changed = sum(row.is_of_other_plan and not row.is_of_other_go_live for row in rows)
    if changed:
        text = ngettext(
            "For %(count)s initiative the plan was changed after its study: run a new study.",
            "For %(count)s initiatives the plan was changed after their studies: run new studies.",
            changed,
        )
        texts.append(text % {"count": changed})
    return sentences(texts)


def _outdated_sentence(rows: Sequence[PortfolioRow]) -> str:
    """Values that no longer follow their inputs are said to be so wherever they are counted."""
    outdated = sum(row.is_outdated for row in rows)
    if not outdated:
        return ""
    return ngettext(
        "For %(count)s value the value model was changed after it was computed: compute it again.",
        "For %(count)s values the value model was changed after they were computed: compute them again.",
        outdated,
    ) % {"count": outdated}
