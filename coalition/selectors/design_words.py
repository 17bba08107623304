"""What a design rests on, in words: by its grade, and by what lowered that."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cxstats.design import COMPARISONS, DesignGrade, Method

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


def grade_meaning(grade: DesignGrade, method: Method, *, is_lowered: bool, is_moved: bool) -> str:
    """`is_lowered`: something was changed after it was fixed; `is_moved`: nothing but the go-live."""
    lowered = _MOVED if is_moved else _LOWERED
    if is_lowered and grade is DesignGrade.B:
        return str(lowered[DesignGrade.A])
    if is_lowered and method in COMPARISONS:
        return str(lowered[DesignGrade.B])
    if is_lowered and method is not Method.BEFORE_AFTER:
        return str(lowered[DesignGrade.C])
    return str(GRADES[grade])
