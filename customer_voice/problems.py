"""Why a row of a file stays out, in words. Stored are the code, the field and its facts, not the words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customer_voice.choices import ImportField
from tabular.words import ROW_WORDS, row_facts
from wording.formats import reader

# The words for a code, or for a code at one field.
_WORDS: dict[str | tuple[str, str], Promise] = {
    **ROW_WORDS,
    "repeated_id": _("Same ID as row %(first)d, with different content."),
    "in_the_future": _("This date is in the future."),
    "too_old": _("This date is before 1990."),
    "resolved_before_opened": _("Resolved before it was opened."),
    ("resolved_before_opened", ImportField.FIRST_REPLY_AT): _("Answered before it was opened."),
    ("resolved_before_opened", ImportField.FIRST_RESOLVED_AT): _("Resolved before it was opened."),
    ("resolved_before_opened", ImportField.REOPENED_AT): _("Reopened before it was opened."),
    "reply_not_named": _("This metric ends with the first reply: name it too, empty where there is none."),
    "first_end_not_named": _(
        "This metric ends with the first resolution: name it too, empty where the case was never reopened."
    ),
    "closed_without_time": _("The status says closed, but there is no time of resolution."),
    "unknown_touchpoint": _("There is no touchpoint with this name or key."),
    "archived_touchpoint": _(
        "The touchpoint “%(touchpoint)s” is archived. Restore it first, or name another touchpoint."
    ),
    "two_readings": _("This can be read in two ways. Write %(first)s or %(second)s."),
    "unknown_question": _("Nobody has said which metric this answers."),
    "not_a_duration": _("Not a length of time in the form “%(unit)s”."),
    "negative_time": _("A case cannot take less than no time."),
    "negative_wait": _("A case cannot wait less than no time."),
    "not_waits": _(
        "Not stretches of time such as “2026-03-02 10:00 – 2026-03-02 13:20; 2026-03-03 09:00 –”, nor the "
        "history of a status such as “2026-03-02 10:00 Pending; 2026-03-02 13:20 Open”."
    ),
    "waits_said_twice": _("Say when it waited or for how long, not both."),
    "waits_out_of_order": _(
        "One of these stretches ends before it begins, or another begins after one that goes on."
    ),
    "waited_too_long": _("It waited longer than the case took in the hours that count."),
    "waits_not_named": _(
        "This metric leaves out what a case waited: name the resolution and the waiting, empty where there "
        "is none."
    ),
    "not_above_0": _("Must be above 0."),
    "needs_exposure": _("The cell is empty; a finished figure needs what it was counted on."),
    "negative_amount": _("An amount of %(metric)s cannot be negative."),
    "between_steps": _("Between two answers of %(metric)s, which go in steps of %(step)s."),
    ("foreign", ImportField.SCORE): _("%(metric)s is read from times and has no score."),
    ("foreign", ImportField.EXPOSURE): _("%(metric)s is read from answers or times and has no exposure."),
    ("foreign", ImportField.FIRST_REPLY_AT): _("%(metric)s does not end with a first reply."),
    ("foreign", ImportField.FIRST_RESOLVED_AT): _("%(metric)s does not end with a first resolution."),
    ("foreign", ImportField.MERGED_INTO): _("%(metric)s is not read from cases that could be merged."),
    ("foreign", ImportField.WAITED): _("%(metric)s counts the whole time, waiting included."),
    ("foreign", ImportField.WAITS): _("%(metric)s counts the whole time, waiting included."),
    ("foreign", ImportField.RESOLVED_AT): _("%(metric)s is read from amounts and has no time of resolution."),
    "wrong_scale": _("Outside the scale of %(metric)s, which runs from %(low)d to %(high)d."),
    ("missing", ImportField.EXTERNAL_ID): _("The cell is empty; every row needs an ID of its own."),
    ("missing", ImportField.OCCURRED_AT): _("The cell is empty; every row needs a date."),
    ("missing", ImportField.OPENED_AT): _("The cell is empty; every row needs a date."),
    ("missing", ImportField.TOUCHPOINT): _("The cell is empty; every row needs a touchpoint."),
    ("missing", ImportField.SCORE): _("Neither a score nor a comment."),
    ("not_a_number", ImportField.SCORE): _("The score must be a whole number."),
    ("not_a_number", ImportField.REOPENED_COUNT): _(
        "The number of reopenings must be a whole number, 0 or more."
    ),
}

_NO_DATE = _("Not a date that can be read.")  # in whatever form: nobody has chosen one


def problem_text(code: str, field: str, params: Mapping[str, Any]) -> str:
    """In the language of the moment; empty for a code without words."""
    words = _WORDS.get((code, ImportField(field))) if field else None
    words = words or (_NO_DATE if code == "not_a_date" and "format" not in params else _WORDS.get(code))
    if words is None:
        return ""
    facts = row_facts(params)
    if "step" in facts:
        facts["step"] = reader().shortest(Decimal(facts["step"]))
    return str(words) % facts
