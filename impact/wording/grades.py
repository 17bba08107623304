"""What a design grade rests on, and what lowered it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cxstats.design import COMPARISONS, DesignGrade, Lowering, Method, undisturbed

_GRADES: dict[DesignGrade, tuple[str | Promise, str | Promise]] = {
    DesignGrade.A: (
        gettext_lazy("Random assignment"),
        gettext_lazy(
            "The initiative was assigned at random, so a difference comes either from it or from "
            "chance, and the range covers chance."
        ),
    ),
    DesignGrade.B: (
        gettext_lazy("Compared with others"),
        gettext_lazy(
            "Touchpoints without the initiative show what would have happened anyway. An event that "
            "affected only one side could still mislead."
        ),
    ),
    DesignGrade.C: (
        gettext_lazy("One long series"),
        gettext_lazy(
            "The series is long enough to show its own course before and after. Anything else that "
            "happened at the same time is part of the result."
        ),
    ),
    DesignGrade.D: (
        gettext_lazy("Before and after"),
        gettext_lazy(
            "The average before compared with the average after. It describes a change and cannot "
            "show its cause."
        ),
    ),
}
# What a lower grade still rests on, where the plan was changed after the approval.
_LOWERED: dict[DesignGrade, tuple[str | Promise, str | Promise]] = {
    DesignGrade.A: (
        gettext_lazy("Random assignment, plan changed afterwards"),
        gettext_lazy(
            "The initiative was assigned at random. The plan was changed after the approval, which lowers "
            "the design grade by one: it could have been adjusted to what was already seen."
        ),
    ),
    DesignGrade.B: (
        gettext_lazy("Compared with others, plan changed afterwards"),
        gettext_lazy(
            "Touchpoints without the initiative show what would have happened anyway. The plan was "
            "changed after the approval, which lowers the design grade by one: it could have been "
            "adjusted to what was already seen."
        ),
    ),
    DesignGrade.C: (
        gettext_lazy("One long series, plan changed afterwards"),
        gettext_lazy(
            "The series is long enough to show its own course before and after. The plan was changed "
            "after the approval, which lowers the design grade by one, so the result only describes "
            "a change."
        ),
    ),
}
_MOVED: dict[DesignGrade, tuple[str | Promise, str | Promise]] = {
    DesignGrade.A: (
        gettext_lazy("Random assignment, go-live moved after a result"),
        gettext_lazy(
            "The initiative was assigned at random. The go-live was moved to another day after a result was "
            "known, which lowers the design grade by one: the day could have been chosen by its result."
        ),
    ),
    DesignGrade.B: (
        gettext_lazy("Compared with others, go-live moved after a result"),
        gettext_lazy(
            "Touchpoints without the initiative show what would have happened anyway. The go-live was moved "
            "to another day after a result was known, which lowers the design grade by one: the day could "
            "have been chosen by its result."
        ),
    ),
    DesignGrade.C: (
        gettext_lazy("One long series, go-live moved after a result"),
        gettext_lazy(
            "The series is long enough to show its own course before and after. The go-live was moved to "
            "another day after a result was known, which lowers the design grade by one, so the result only "
            "describes a change."
        ),
    ),
}

# Recorded afterwards: the design without the promise that nothing was known when the plan was fixed.
_LOOKED_BACK: dict[DesignGrade, tuple[str | Promise, str | Promise]] = {
    DesignGrade.B: (
        gettext_lazy("Compared with others, recorded afterwards"),
        gettext_lazy(
            "Touchpoints without the initiative show what would have happened anyway. Initiative, plan and "
            "comparison were chosen when the answers were there already, so the design grade is C and no "
            "better: they could have been chosen by the result."
        ),
    ),
    DesignGrade.C: (
        gettext_lazy("One long series, recorded afterwards"),
        gettext_lazy(
            "The series is long enough to show its own course before and after. Initiative and plan were "
            "chosen when the answers were there already, which lowers the design grade to D, so the result "
            "only describes a change."
        ),
    ),
    DesignGrade.D: (
        gettext_lazy("Before and after, recorded afterwards"),
        gettext_lazy(
            "The average before compared with the average after, chosen when the answers were there already. "
            "It describes a change and cannot show its cause."
        ),
    ),
}


def grade_title(grade: DesignGrade | str, method: Method, *, lowering: Lowering | None = None) -> str:
    """The design in a few words; a grade that was lowered says what it was lowered from, and by what."""
    return str(_design_words(DesignGrade(grade), method, lowering)[0])


def grade_meaning(grade: DesignGrade | str, method: Method, *, lowering: Lowering | None = None) -> str:
    return str(_design_words(DesignGrade(grade), method, lowering)[1])


def _design_words(
    grade: DesignGrade, method: Method, lowering: Lowering | None
) -> tuple[str | Promise, str | Promise]:
    """By the design that the study has, not by the letter alone: a B may be a random assignment, and a C a
    comparison, whose plan was changed after the approval."""
    if lowering is Lowering.LOOKED_BACK:
        return _LOOKED_BACK[undisturbed(method)]
    lowered = _MOVED if lowering is Lowering.MOVED else _LOWERED
    if grade is DesignGrade.B and lowering is not None:
        return lowered[DesignGrade.A]
    if grade is DesignGrade.C and method in COMPARISONS:
        return lowered[DesignGrade.B]
    if grade is DesignGrade.D and method is not Method.BEFORE_AFTER:
        return lowered[undisturbed(method)]
    return _GRADES[grade]
