"""What is said of the program's costs and of what it returned."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxstats.errors import Reason
from cxstats.program import Backing, ProgramReturn
from impact.choices import SignOff
from impact.wording.money import chance_text, percent_text, years_text
from wording.formats import reader
from wording.joining import all_of, sentences
from wording.refusals import refusal_text

BACKINGS: Mapping[Backing, tuple[str | Promise, str | Promise]] = {
    Backing.PROVEN: (
        gettext_lazy("Proven"),
        gettext_lazy("settled by a comparison (design grade A or B), harm as well as gain"),
    ),
    Backing.LIKELY: (
        gettext_lazy("Likely"),
        gettext_lazy("settled by a long series (grade C), or pointing that way with grade A to C"),
    ),
    Backing.HOPED: (
        gettext_lazy("Only hoped"),
        gettext_lazy("inconclusive, or before and after alone (grade D)"),
    ),
}
# Why an initiative stands apart from the sum.
APART: Mapping[str, str | Promise] = {
    "disputed": gettext_lazy("disputed by finance"),
    "disputed_line": gettext_lazy("one benefit of it, disputed by finance"),
    "disputed_before": gettext_lazy("finance disputed the previous value and has not reviewed this one yet"),
    "currency": gettext_lazy("in another currency, without a rate"),
    "afterwards": gettext_lazy("recorded afterwards: it may have been chosen by its result"),
    "impossible": gettext_lazy("its inputs add up to more than all customers"),
    "earlier": gettext_lazy("the study that counts has no value yet"),
    "not_valued": gettext_lazy("studied, but nobody has said what the change is worth"),
    "no_effect": gettext_lazy("its study gives no effect"),
    "not_studied": gettext_lazy("not studied yet"),
    "no_model": gettext_lazy("no value model yet"),
    "no_plan": gettext_lazy("its plan names no expected effect"),
}


def year_text(year: int, first: date, last: date) -> str:
    """2026, or with its months where it is no calendar year."""
    if (first.month, first.day) == (1, 1):
        return str(year)
    return _("%(year)s (%(first)s to %(last)s)") % {
        "year": year,
        "first": reader().month(first),
        "last": reader().month(last),
    }


def ledger_sign_off_text(state: str, who: str, on: datetime | None) -> str:
    """What finance says of the costs of a year, with who and when."""
    slots = {"who": who, "day": reader().day(on) if on else "–"}
    if state == SignOff.SIGNED:
        return _("Signed off by finance: %(who)s, %(day)s.") % slots
    if state == SignOff.DISPUTED:
        return _("Disputed by finance: %(who)s, %(day)s.") % slots
    return _("Finance has not reviewed these costs yet.")


def voided_text(
    state: str,
    *,
    who: str,
    on: datetime | None,
    changed_by: str,
    changed_on: datetime | None,
    because: str = "costs",
) -> str:
    """That a change took finance's word away: of the costs, of a rate, or of the months of the year."""
    slots = {
        "who": who,
        "day": reader().day(on) if on else "–",
        "changer": changed_by,
        "changed": reader().day(changed_on) if changed_on else "–",
    }
    return str(_VOIDED[state == SignOff.SIGNED][because]) % slots


_VOIDED = {
    True: {
        "costs": gettext_lazy(
            "%(who)s signed this year for finance on %(day)s. %(changer)s changed it on %(changed)s, so the "
            "signature no longer holds."
        ),
        "rates": gettext_lazy(
            "%(who)s signed this year for finance on %(day)s. %(changer)s recorded another exchange rate on "
            "%(changed)s, so the signature no longer holds."
        ),
        "months": gettext_lazy(
            "%(who)s signed this year for finance on %(day)s. %(changer)s changed the month in which fiscal "
            "years begin on %(changed)s, so the signature no longer holds."
        ),
    },
    False: {
        "costs": gettext_lazy(
            "%(who)s disputed this year for finance on %(day)s. %(changer)s changed it on %(changed)s; "
            "finance has not reviewed the change yet."
        ),
        "rates": gettext_lazy(
            "%(who)s disputed this year for finance on %(day)s. %(changer)s recorded another exchange rate "
            "on %(changed)s; finance has not reviewed the change yet."
        ),
        "months": gettext_lazy(
            "%(who)s disputed this year for finance on %(day)s. %(changer)s changed the month in which "
            "fiscal years begin on %(changed)s; finance has not reviewed the change yet."
        ),
    },
}


def moved_text(
    *, found: str, counted: str, overlap: str, by_chance: float, own: str = "", year: int | None = None
) -> str:
    """Why the program counts another net amount of an initiative than its study found. `overlap`: what
    another study holds too, "" for nothing; `by_chance`: above 0 where chance is taken out, below where it is
    given back. `own`: what the initiative's own page shows, where the first year counted, `year`, is another
    than its own, so that the same money is another amount there."""
    texts = [_("Its study alone gives %(found)s net; the program counts %(counted)s net.")]
    if own:
        texts = [
            _(
                "Its own page shows %(own)s net, discounted to the year in which it began. Discounted to "
                "%(year)s, the first year of the program, that is %(found)s; the program counts %(counted)s "
                "net."
            )
        ]
    if overlap:
        texts.append(_("%(overlap)s of it is in the study of another initiative too and counts once."))
    if by_chance < 0:
        texts.append(
            _(
                "Its study is uncertain, and the other initiatives did better: read together with them, bad "
                "luck is likelier than so small an effect. The less a study can tell, the more the others "
                "weigh."
            )
        )
    elif by_chance > 0:
        texts.append(
            _(
                "It stands out from the other initiatives, and a part of what stands out is good luck: read "
                "together with them, less is likely. The less a study can tell, the more the others weigh."
            )
        )
    return sentences(texts) % {
        "found": found,
        "counted": counted,
        "overlap": overlap,
        "own": own,
        "year": year,
    }


def missing_text(years: Sequence[int], without_rate: Sequence[int]) -> str:
    """Why no return can be told: costs that nobody entered are not costs of nothing."""
    texts = []
    if years:
        texts.append(
            ngettext(
                "The costs of %(years)s are missing in the ledger.",
                "The costs of %(years)s are missing in the ledger.",
                len(years),
            )
            % {"years": _years(years)}
        )
    if without_rate:
        texts.append(
            _("Costs of %(years)s are in another currency, and no rate converts them.")
            % {"years": _years(without_rate)}
        )
    return sentences(texts)


def _years(years: Sequence[int]) -> str:
    return all_of([str(year) for year in years])


def program_sentence(found: ProgramReturn, amounts: Mapping[str, str], years: tuple[int, int]) -> str:
    """The first sentence: one figure, one range. `amounts`: middle (without a sign), low and high."""
    slots = {
        **amounts,
        "share": percent_text(0.9),
        "loss": chance_text(found.probability_of_loss),
        "first": years[0],
        "last": years[1],
    }
    worth = found.net_present_value
    if worth.mean < 0:
        text = _(
            "Over the years %(first)s to %(last)s the program is expected to lose %(middle)s net (%(low)s to "
            "%(high)s with %(share)s probability); the chance of a loss is %(loss)s."
        )
    else:
        text = _(
            "Over the years %(first)s to %(last)s the program is expected to return %(middle)s net (%(low)s "
            "to %(high)s with %(share)s probability); the chance of a loss is %(loss)s."
        )
    return text % slots


def without_return_text(benefits: str, reason: str) -> str:
    """The first sentence where the ledger does not say what the program cost."""
    return _(
        "What the program returned cannot be told yet. %(reason)s Its initiatives are expected to bring "
        "%(benefits)s, before the costs."
    ) % {"reason": reason, "benefits": benefits}


def refused_text(reason: str) -> str:
    if reason == Reason.NO_DATA:
        return _("No initiative has a measured effect with a value yet, so there is no return to tell.")
    return refusal_text(Reason(reason))


def payback_range(low: float | None, high: float | None) -> str:
    """The ends of the range of paybacks; the last end is often not reached."""
    if low is None:
        return _("not within the years counted")
    if high is None:
        return _("%(low)s to not within the years counted") % {"low": years_text(low)}
    return _("%(low)s to %(high)s") % {"low": years_text(low), "high": years_text(high)}


def best_text(title: str, *, is_loss: bool, amount: str, low: str, high: str) -> str:
    """How much hangs on one initiative."""
    slots = {"title": title, "amount": amount, "low": low, "high": high}
    if is_loss:
        return _("Without “%(title)s”, %(amount)s would be lost (%(low)s to %(high)s).") % slots
    return _("Without “%(title)s”, %(amount)s would remain (%(low)s to %(high)s).") % slots


def ask_text(found: ProgramReturn | None, *, is_complete: bool) -> str:
    """What a board is asked to decide."""
    if found is None:
        return _("Decide nothing on money yet. Have the initiatives studied and valued first.")
    if not is_complete:
        return _("Decide nothing on money yet. Have the missing costs entered and signed first.")
    worth = found.net_present_value
    if worth.p5 >= 0:
        return _(
            "Confirm the program and its budget for the next year on this evidence, or change it. The whole "
            "range is a gain."
        )
    if worth.p95 <= 0:
        return _(
            "Decide which initiatives end, and whether the program goes on in its present form. The whole "
            "range is a loss."
        )
    return _(
        "Confirm, change or stop the program and its budget for the next year. The range goes from a loss to "
        "a gain: what would narrow it are better studies of the largest initiatives."
    )
