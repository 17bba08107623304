"""What a design rests on, in words: by its grade, and by what lowered that."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cxstats.design import DesignGrade, Lowering, Method, undisturbed

METHODS: dict[Method, str | Promise] = {
    Method.DIFFERENCE_IN_DIFFERENCES: gettext_lazy("compared with touchpoints that do not get it"),
    Method.STAGGERED_DIFFERENCE_IN_DIFFERENCES: gettext_lazy("compared between starts at different times"),
    Method.SYNTHETIC_CONTROL: gettext_lazy("compared with a mixture of touchpoints that do not get it"),
    Method.STRUCTURAL_TIME_SERIES: gettext_lazy("compared with what the series would have done"),
    Method.SEGMENTED_REGRESSION: gettext_lazy("compared with its own course before"),
    Method.BEFORE_AFTER: gettext_lazy("before and after, without comparison"),
}
GRADES: dict[DesignGrade, str | Promise] = {
    DesignGrade.A: gettext_lazy("touchpoints are chosen at random, so an effect can be proven"),
    DesignGrade.B: gettext_lazy("a comparison group provides the evidence"),
    DesignGrade.C: gettext_lazy("a single long series; other causes remain possible"),
    DesignGrade.D: gettext_lazy("it can say that something changed, not why"),
}
# By the grade that the design would have: what it rests on, where the plan was changed after the approval.
_LOWERED: dict[DesignGrade, str | Promise] = {
    DesignGrade.A: gettext_lazy(
        "touchpoints are chosen at random; the plan was changed after the approval, which lowers the grade "
        "by one"
    ),
    DesignGrade.B: gettext_lazy(
        "a comparison group provides the evidence; the plan was changed after the approval, which lowers the "
        "grade by one"
    ),
    DesignGrade.C: gettext_lazy(
        "a single long series whose plan was changed after the approval, which lowers the grade by one; it "
        "can say that something changed, not why"
    ),
}
_MOVED: dict[DesignGrade, str | Promise] = {
    DesignGrade.A: gettext_lazy(
        "touchpoints are chosen at random; the go-live was moved after a result was known, which lowers the "
        "grade by one"
    ),
    DesignGrade.B: gettext_lazy(
        "a comparison group provides the evidence; the go-live was moved after a result was known, which "
        "lowers the grade by one"
    ),
    DesignGrade.C: gettext_lazy(
        "a single long series whose go-live was moved after a result was known, which lowers the grade by "
        "one; it can say that something changed, not why"
    ),
}

# Recorded afterwards: by the design, without the promise that nothing was known when the plan was fixed.
_LOOKED_BACK: dict[DesignGrade, str | Promise] = {
    DesignGrade.B: gettext_lazy(
        "a comparison group provides the evidence; recorded afterwards, when the answers were there already, "
        "it is C and no better"
    ),
    DesignGrade.C: gettext_lazy(
        "a single long series, recorded afterwards, when the answers were there already; it can say that "
        "something changed, not why"
    ),
    DesignGrade.D: gettext_lazy(
        "before and after, recorded afterwards; it can say that something changed, not why"
    ),
}


def grade_meaning(grade: DesignGrade, method: Method, *, lowering: Lowering | None) -> str:
    """What the design rests on, and what lowered its grade."""
    if lowering is Lowering.LOOKED_BACK:
        return str(_LOOKED_BACK[undisturbed(method)])
    if lowering is None or (grade is not DesignGrade.B and method is Method.BEFORE_AFTER):
        return str(GRADES[grade])
    lowered = _MOVED if lowering is Lowering.MOVED else _LOWERED
    return str(lowered[DesignGrade.A if grade is DesignGrade.B else undisturbed(method)])
