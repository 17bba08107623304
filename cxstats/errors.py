"""What can go wrong in a computation: bad input, or a question the data cannot answer."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a number is not given. The closed list; pages and reports translate each one."""

    NO_DATA = "no_data"
    TOO_FEW_ANSWERS = "too_few_answers"
    TOO_FEW_PERIODS = "too_few_periods"
    TOO_FEW_UNITS = "too_few_units"
    TOO_FEW_CLUSTERS = "too_few_clusters"
    NO_VARIATION = "no_variation"
    NO_PRE_PERIOD = "no_pre_period"
    NO_POST_PERIOD = "no_post_period"
    GAPS_IN_SERIES = "gaps_in_series"
    SEASON_NOT_COVERED = "season_not_covered"
    DEFINITION_CHANGED = "definition_changed"
    START_UNKNOWN = "start_unknown"
    RAMP_TOO_LONG = "ramp_too_long"
    COLLINEAR = "collinear"
    OVERLAPPING_INITIATIVES = "overlapping_initiatives"
    PRE_TREND_DIFFERS = "pre_trend_differs"
    POOR_PRE_FIT = "poor_pre_fit"
    OUTSIDE_DONOR_RANGE = "outside_donor_range"
    TREND_NOT_SEPARABLE = "trend_not_separable"
    SELECTED_FOR_LOW_SCORES = "selected_for_low_scores"
    SCALE_MISMATCH = "scale_mismatch"
    NO_UNIQUE_SOLUTION = "no_unique_solution"
    NEVER_REACHED = "never_reached"
    CASES_STILL_OPEN = "cases_still_open"
    NO_CONVERGENCE = "no_convergence"
    UNSTABLE_WEIGHTS = "unstable_weights"
    EVIDENCE_TOO_WEAK = "evidence_too_weak"
    NO_WEIGHT = "no_weight"
    SHARE_ABOVE_ONE = "share_above_one"
    NOT_APPLICABLE = "not_applicable"
    NOT_KNOWN = "not_known"
    TOO_FEW_EVENTS = "too_few_events"
    LEAVERS_NOT_ASKED = "leavers_not_asked"
    OUTCOME_BEFORE_SCORE = "outcome_before_score"
    NOT_FOLLOWED = "not_followed"


class NotEstimable(Exception):
    """The question is well put, but these data cannot answer it.

    Parameters
    ----------
    reason : Reason
        Stable key from the closed list.
    detail : mapping of str to float | int | str, optional
        The figures behind the refusal, e.g. ``needed=12, found=7``.
    """

    def __init__(self, reason: Reason, **detail: float | int | str) -> None:
        self.reason = reason
        self.detail = detail
        figures = ", ".join(f"{key}={value}" for key, value in detail.items())
        super().__init__(f"{reason.value}" + (f" ({figures})" if figures else ""))


class InvalidInput(ValueError):
    """An argument is not what the function expects.

    Parameters
    ----------
    argument : str
        Name of the argument as the caller wrote it.
    expected : str
        What would have been accepted, in words.
    """

    def __init__(self, argument: str, expected: str) -> None:
        self.argument = argument
        self.expected = expected
        super().__init__(f"{argument}: expected {expected}")
