"""The verdict sentence, the grades, the verdicts, and what would change our mind."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxstats.design import COMPARISONS, DesignGrade, Diagnostic, Finding, Light, Lowering, Method, Verdict
from impact.panel import StudySubject
from impact.wording.checks import check_text, finding_refusal
from wording.figures import amount_text, moved, range_text, range_with_unit, typed_text
from wording.formats import reader
from wording.joining import all_of, parts, sentences

# May name a cause, may say "most likely", may say "changed".
_COMPARED, _AMENDED, _ALONE, _DESCRIBED = "compared", "amended", "alone", "described"
_SHIFTED = "shifted"  # a comparison whose go-live was moved after a result was known
_LOOKED_BACK = "looked_back"  # a comparison that was chosen when the answers were there already
_VOICES = {
    DesignGrade.A: _COMPARED,
    DesignGrade.B: _COMPARED,
    DesignGrade.C: _ALONE,
    DesignGrade.D: _DESCRIBED,
}
_LOWERED_VOICES = {
    Lowering.LOOKED_BACK: _LOOKED_BACK,
    Lowering.CHANGED: _AMENDED,
    Lowering.MOVED: _SHIFTED,
}
# Slots: what (metric and place), effect, range, title, day, smallest.
_SUPPORTED: dict[tuple[str, int], str | Promise] = {
    (_COMPARED, 1): gettext_lazy(
        "%(what)s rose by %(effect)s (%(range)s) since %(day)s; “%(title)s” is the likely cause."
    ),
    (_COMPARED, -1): gettext_lazy(
        "%(what)s fell by %(effect)s (%(range)s) since %(day)s; “%(title)s” is the likely cause."
    ),
    (_ALONE, 1): gettext_lazy(
        "%(what)s rose by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; a single "
        "series cannot rule out every other cause."
    ),
    (_ALONE, -1): gettext_lazy(
        "%(what)s fell by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; a single "
        "series cannot rule out every other cause."
    ),
}
_SUPPORTED |= {
    (_AMENDED, 1): gettext_lazy(
        "%(what)s rose by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; the plan "
        "was changed after the approval, so the comparison counts for less."
    ),
    (_AMENDED, -1): gettext_lazy(
        "%(what)s fell by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; the plan "
        "was changed after the approval, so the comparison counts for less."
    ),
}
_SUPPORTED |= {
    (_SHIFTED, 1): gettext_lazy(
        "%(what)s rose by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; the go-live "
        "was moved after a result was known, so the comparison counts for less."
    ),
    (_SHIFTED, -1): gettext_lazy(
        "%(what)s fell by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; the go-live "
        "was moved after a result was known, so the comparison counts for less."
    ),
}
_SUPPORTED |= {
    (_LOOKED_BACK, 1): gettext_lazy(
        "%(what)s rose by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; it was "
        "recorded afterwards, so the comparison counts for less."
    ),
    (_LOOKED_BACK, -1): gettext_lazy(
        "%(what)s fell by %(effect)s (%(range)s) since %(day)s, most likely through “%(title)s”; it was "
        "recorded afterwards, so the comparison counts for less."
    ),
}
_SUGGESTIVE: dict[int, str | Promise] = {
    1: gettext_lazy(
        "%(what)s seems to have risen by about %(effect)s (%(range)s) since “%(title)s” went live on "
        "%(day)s; the evidence points that way but is not conclusive."
    ),
    -1: gettext_lazy(
        "%(what)s seems to have fallen by about %(effect)s (%(range)s) since “%(title)s” went live "
        "on %(day)s; the evidence points that way but is not conclusive."
    ),
}
_CONTRADICTED: dict[tuple[str, int], str | Promise] = {
    (_COMPARED, 1): gettext_lazy(
        "The opposite of what was planned: %(what)s rose by %(effect)s (%(range)s) since %(day)s; "
        "“%(title)s” "
        "is the likely cause."
    ),
    (_COMPARED, -1): gettext_lazy(
        "The opposite of what was planned: %(what)s fell by %(effect)s (%(range)s) since %(day)s; "
        "“%(title)s” "
        "is the likely cause."
    ),
    (_ALONE, 1): gettext_lazy(
        "The opposite of what was planned: %(what)s rose by %(effect)s (%(range)s) since “%(title)s” went "
        "live "
        "on %(day)s; a single series cannot rule out every other cause."
    ),
    (_ALONE, -1): gettext_lazy(
        "The opposite of what was planned: %(what)s fell by %(effect)s (%(range)s) since “%(title)s” went "
        "live "
        "on %(day)s; a single series cannot rule out every other cause."
    ),
}
_CONTRADICTED |= {
    (_AMENDED, 1): gettext_lazy(
        "The opposite of what was planned: %(what)s rose by %(effect)s (%(range)s) since “%(title)s” went "
        "live on %(day)s; the plan was changed after the approval, so the comparison counts for less."
    ),
    (_AMENDED, -1): gettext_lazy(
        "The opposite of what was planned: %(what)s fell by %(effect)s (%(range)s) since “%(title)s” went "
        "live on %(day)s; the plan was changed after the approval, so the comparison counts for less."
    ),
}
_CONTRADICTED |= {
    (_SHIFTED, 1): gettext_lazy(
        "The opposite of what was planned: %(what)s rose by %(effect)s (%(range)s) since “%(title)s” went "
        "live on %(day)s; the go-live was moved after a result was known, so the comparison counts for less."
    ),
    (_SHIFTED, -1): gettext_lazy(
        "The opposite of what was planned: %(what)s fell by %(effect)s (%(range)s) since “%(title)s” went "
        "live on %(day)s; the go-live was moved after a result was known, so the comparison counts for less."
    ),
}
_CONTRADICTED |= {
    (_LOOKED_BACK, 1): gettext_lazy(
        "The opposite of what was planned: %(what)s rose by %(effect)s (%(range)s) since “%(title)s” went "
        "live on %(day)s; it was recorded afterwards, so the comparison counts for less."
    ),
    (_LOOKED_BACK, -1): gettext_lazy(
        "The opposite of what was planned: %(what)s fell by %(effect)s (%(range)s) since “%(title)s” went "
        "live on %(day)s; it was recorded afterwards, so the comparison counts for less."
    ),
}
_CHANGED_LOOKED_BACK = gettext_lazy(
    "%(what)s changed by %(signed)s (%(range)s) after %(day)s. This was recorded afterwards, so it does not "
    "show that “%(title)s” made the difference."
)
_CHANGED_SHIFTED = gettext_lazy(
    "%(what)s changed by %(signed)s (%(range)s) after %(day)s. The go-live was moved after a result was "
    "known, so this does not show that “%(title)s” made the difference."
)
_CHANGED_AMENDED = gettext_lazy(
    "%(what)s changed by %(signed)s (%(range)s) after %(day)s. The plan was changed after the approval, so "
    "this does not show that “%(title)s” made the difference."
)
_CHANGED_LOWERED: dict[Lowering, str | Promise] = {
    Lowering.LOOKED_BACK: _CHANGED_LOOKED_BACK,
    Lowering.CHANGED: _CHANGED_AMENDED,
    Lowering.MOVED: _CHANGED_SHIFTED,
}
_CHANGED: dict[int, str | Promise] = {
    1: gettext_lazy(
        "%(what)s changed by %(signed)s (%(range)s) after %(day)s. This compares before with after; it does "
        "not show that “%(title)s” made the difference."
    ),
    -1: gettext_lazy(
        "%(what)s changed by %(signed)s (%(range)s) after %(day)s. This compares before with after; it does "
        "not show that “%(title)s” made the difference."
    ),
    0: gettext_lazy(
        "%(what)s is about where it was before %(day)s (change %(range)s). This compares before with "
        "after; it "
        "says nothing about “%(title)s”."
    ),
}
_INCONCLUSIVE = gettext_lazy(
    "We cannot tell whether “%(title)s” moved %(what)s: any change of %(range)s fits the data."
)
_NOTHING = gettext_lazy(
    "“%(title)s” made no worthwhile difference: the change of %(what)s lies within %(range)s, less "
    "than the %(smallest)s that was set as worthwhile."
)
_REFUSED = gettext_lazy("The data cannot show how “%(title)s” affected %(what)s. %(refusal)s")


def verdict_sentence(subject: StudySubject, finding: Finding) -> str:
    """The one sentence that opens page and report."""
    slots = {
        "what": what_text(subject),
        "title": subject.title,
        "day": reader().day(subject.go_live),
        "smallest": typed_text(reader(), subject.kind, subject.smallest_worthwhile_effect),
    }
    if finding.effect is None or finding.verdict is Verdict.NOT_ESTIMABLE:
        refusal = finding_refusal(finding)
        return str(_REFUSED) % {**slots, "refusal": refusal}
    effect, kind, voice = finding.effect, subject.kind, _voice(finding)
    has_sign = voice == _DESCRIBED or finding.verdict is Verdict.NO_EFFECT_WORTH_HAVING
    slots |= {
        "effect": amount_text(reader(), kind, effect.value),
        "signed": amount_text(reader(), kind, effect.value, signed=True),
        "range": range_with_unit(reader(), kind, effect.interval.low, effect.interval.high, signed=has_sign),
    }
    way = moved(kind, effect.value)
    if voice == _DESCRIBED:
        if finding.method is not Method.BEFORE_AFTER:
            return str(_CHANGED_LOWERED[_lowering(finding)]) % slots
        return str(_CHANGED[way]) % slots
    if finding.verdict is Verdict.NO_EFFECT_WORTH_HAVING:
        return str(_NOTHING) % slots
    chosen: str | Promise | None = None
    if finding.verdict is Verdict.SUPPORTED:
        chosen = _SUPPORTED.get((voice, way))
    elif finding.verdict is Verdict.CONTRADICTED:
        chosen = _CONTRADICTED.get((voice, way))
    elif finding.verdict is Verdict.SUGGESTIVE:
        chosen = _SUGGESTIVE.get(way)
    return str(chosen or _INCONCLUSIVE) % slots


def _lowering(finding: Finding) -> Lowering:
    """What lowered a grade that is lower than its method's; of several, the one that says most."""
    return next((one for one in Lowering if one in finding.reasons), Lowering.CHANGED)


def what_text(subject: StudySubject) -> str:
    """Metric and place: "NPS® at Onboarding"."""
    names = [place.name for place in subject.treated]
    place = all_of(names) if len(names) < 4 else ngettext(
        "%(count)s touchpoint", "%(count)s touchpoints", len(names)
    ) % {"count": len(names)}  # fmt: skip
    text = _("%(metric)s at %(place)s") % {"metric": subject.metric_name, "place": place}
    if subject.segment:
        return _("%(what)s (%(segment)s)") % {"what": text, "segment": subject.segment}
    return text


def _voice(finding: Finding) -> str:
    """How far the sentence may go: by the grade, in the words of the design that earned it."""
    if finding.grade is DesignGrade.C and finding.method in COMPARISONS:
        return _LOWERED_VOICES[_lowering(finding)]
    return _VOICES[finding.grade]


def effect_label(subject: StudySubject, finding: Finding) -> str:
    """The effect with its interval in one breath: "+8.4 points (+3.1 to +13.7)"; a dash for none."""
    if finding.effect is None:
        return "–"
    interval = finding.effect.interval
    return _("%(effect)s (%(range)s)") % {
        "effect": amount_text(reader(), subject.kind, finding.effect.value, signed=True),
        "range": range_text(reader(), subject.kind, interval.low, interval.high, signed=True),
    }


# --- grades and verdicts --------------------------------------------------------------------------

_VERDICTS: dict[Verdict, tuple[str | Promise, str | Promise, str]] = {
    Verdict.SUPPORTED: (
        gettext_lazy("Supported"),
        gettext_lazy("The range lies wholly on the expected side."),
        "good",
    ),
    Verdict.SUGGESTIVE: (
        gettext_lazy("Suggestive"),
        gettext_lazy("The data lean to the expected side, but not enough to be relied on alone."),
        "warn",
    ),
    Verdict.INCONCLUSIVE: (
        gettext_lazy("Cannot tell"),
        gettext_lazy(
            "An improvement, no change and a decline all fit the data. That is not the same as no effect."
        ),
        "calm",
    ),
    Verdict.CONTRADICTED: (
        gettext_lazy("Contradicted"),
        gettext_lazy("The range lies wholly on the other side of what was expected."),
        "bad",
    ),
    Verdict.NO_EFFECT_WORTH_HAVING: (
        gettext_lazy("No worthwhile effect"),
        gettext_lazy("The whole range is smaller than what was set as worthwhile. This is an answer."),
        "calm",
    ),
    Verdict.NOT_ESTIMABLE: (
        gettext_lazy("Not estimable"),
        gettext_lazy("A rule against misleading figures stopped the estimate. The reason is given."),
        "calm",
    ),
}
_METHODS: dict[Method, str | Promise] = {
    Method.DIFFERENCE_IN_DIFFERENCES: gettext_lazy("Difference in differences"),
    Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES: gettext_lazy("Difference in differences, staggered starts"),
    Method.SYNTHETIC_CONTROL: gettext_lazy("Synthetic control"),
    Method.STRUCTURAL_TIME_SERIES: gettext_lazy("Structural time series with control series"),
    Method.SEGMENTED_REGRESSION: gettext_lazy("Segmented regression (interrupted time series)"),
    Method.BEFORE_AFTER: gettext_lazy("Before and after, description only"),
}


def verdict_title(verdict: Verdict | str) -> str:
    return str(_VERDICTS[Verdict(verdict)][0])


def verdict_meaning(verdict: Verdict | str, diagnostics: Sequence[Diagnostic] = ()) -> str:
    """What the verdict means, and for a supported one what its checks came to, those not made included."""
    text = str(_VERDICTS[Verdict(verdict)][1])
    if Verdict(verdict) is Verdict.SUPPORTED and diagnostics:
        return sentences([text, checks_sentence(diagnostics)])
    return text


def checks_sentence(diagnostics: Sequence[Diagnostic]) -> str:
    """How many checks held, which call for care, which fail, and which could not be made."""
    by_light = {light: [item for item in diagnostics if item.light is light] for light in Light}
    made = len(diagnostics) - len(by_light[Light.NOT_RUN])
    slots = {"held": len(by_light[Light.GREEN]), "made": made, "all": len(diagnostics)}
    texts = []
    if slots["held"] == slots["all"]:
        return _("All %(all)s checks held.") % slots
    texts.append(
        ngettext(
            "Of %(made)s check that could be made, %(held)s held.",
            "Of %(made)s checks that could be made, %(held)s held.",
            made,
        )
        % slots
    )
    for light, text in (
        (Light.AMBER, _("Take note of: %(names)s.")),
        (Light.RED, _("Failed: %(names)s.")),
        (Light.NOT_RUN, _("Could not be made: %(names)s.")),
    ):
        if by_light[light]:
            names = parts(check_text(item).title for item in by_light[light])
            texts.append(text % {"names": names})
    return sentences(texts)


def verdict_tone(verdict: Verdict | str) -> str:
    """The color family of a verdict: good, warn, bad or calm. "Cannot tell" is calm, never red."""
    return _VERDICTS[Verdict(verdict)][2]


def method_text(method: Method | str) -> str:
    return str(_METHODS[Method(method)])


def change_our_mind(subject: StudySubject, finding: Finding) -> tuple[str, ...]:
    """What would make us say something else, most useful first."""
    lights = {item.key: item.light for item in finding.diagnostics}
    texts = []
    if finding.grade in (DesignGrade.C, DesignGrade.D) and not subject.comparison:
        texts.append(
            _(
                "A comparison group: touchpoints that did not get the initiative and are measured the same "
                "way."
            )
        )
    if finding.grade is DesignGrade.D or finding.verdict is Verdict.NOT_ESTIMABLE:
        texts.append(
            _("More periods before and after the go-live, measured without a change of the question.")
        )
    if finding.verdict in (Verdict.INCONCLUSIVE, Verdict.SUGGESTIVE):
        texts.append(_("More answers per period, which would narrow the range."))
    if finding.verdict in (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NO_EFFECT_WORTH_HAVING):
        texts.append(_("Later periods in which the difference fades or grows."))
    if lights.get("overlap") in (Light.AMBER, Light.RED):
        texts.append(_("A time in which the other initiatives at the same touchpoints do not change."))
    texts += _more_about_the_mix(finding)
    if finding.verdict in (Verdict.SUPPORTED, Verdict.SUGGESTIVE):
        texts.append(_("Learning that another change at the same time affected only these touchpoints."))
    return tuple(texts)


def _more_about_the_mix(finding: Finding) -> list[str]:
    check = next((item for item in finding.diagnostics if item.key == "mix_shift"), None)
    if check is None or check.light is Light.GREEN:
        return []
    figures = dict(check.figures)
    if "held" in figures:
        return []
    if "too_thin" in figures:
        return [_("More answers in the small segments, so that a change of who answers can be ruled out.")]
    if "one_segment" in figures:
        return []
    return [_("Knowing the segment of every answer, so that a change of who answers can be ruled out.")]
