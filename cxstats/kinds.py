"""Kinds of value models, of inputs and of their uncertainty: names alone, without an import of arithmetic."""

from enum import StrEnum


class ValueKind(StrEnum):
    """How an effect becomes money in one period."""

    RETENTION = "retention"
    AVOIDED_CONTACTS = "avoided_contacts"
    RESOLUTION_HOURS = "resolution_hours"
    REFERRAL = "referral"
    OWN_FORMULA = "own_formula"


class Distribution(StrEnum):
    """Shape of an uncertain input, with the order of its arguments."""

    FIXED = "fixed"  # value
    NORMAL = "normal"  # mean, standard deviation or standard error
    STUDENT_T = "student_t"  # estimate, standard error, degrees of freedom
    LOGNORMAL_P10_P90 = "lognormal_p10_p90"  # 10th and 90th percentile, both > 0
    PERT = "pert"  # lowest, most likely, highest
    TRIANGULAR = "triangular"  # lowest, most likely, highest
    BETA = "beta"  # alpha, beta


class ParameterKind(StrEnum):
    """Where a number comes from, hence what may be said about it."""

    MEASURED = "measured"
    FINANCE = "finance"
    ASSUMPTION = "assumption"
    ASSOCIATION = "association"  # from the organization's own data, never a cause


class OutcomeKind(StrEnum):
    """What customers did after their score."""

    STAYED = "stayed"  # still a customer at the end of the year
    REVENUE = "revenue"  # what they brought in that year
    CONTACTS = "contacts"  # how often they called, wrote or opened a ticket in that year
