"""What the entries about employee surveys say."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.details import Word, choice, day, number, numbers, yes_no
from employee_voice.choices import ActionState, CommentState, Rhythm

_SOURCES = {"list": _("A list"), "members": _("Members of the organization")}


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        "employee_survey",
        {
            "title": Word(_("Name of the survey")),
            "bank": Word(_("Made from")),
            "copy_of": Word(_("Copy of")),
            "lists_deleted": Word(_("Addresses deleted from its lists"), number),
            "digests_deleted": Word(_("Digests of addresses deleted"), number),
            "means_the_same": Word(_("New wording confirmed to mean the same"), yes_no),
        },
    )
    yield (
        "wave",
        {
            "number": Word(_("Number of the wave"), number),
            "opens_on": Word(_("First day"), day),
            "closes_on": Word(_("Last day"), day),
            "opens_alone": Word(_("Opens by the calendar"), yes_no),
            "reminders": Word(_("Reminders, days before the last one"), numbers),
            "rhythm": Word(_("Repeat"), choice(Rhythm)),
            "sample_pct": Word(_("Share of people asked, %"), number),
            "minimum": Word(_("Smallest group shown"), number),
            "comment_reader": Word(_("Reads comments first")),
            "slip_place": Word(_("Where printed slips are available")),
            "people": Word(_("People asked"), number),
            "source": Word(_("Taken from"), choice(_SOURCES)),
            "slips": Word(_("Printed slips"), number),
            "groups": Word(_("Groups"), number),
            "keys_digest": Word(_("Digest of the keys")),
            "letters": Word(_("Letters"), number),
            "participation_pct": Word(_("Participation, in steps of five percent"), number),
            "is_lost": Word(_("Answers lost with their key"), yes_no),
            "functions": Word(_("Functions"), number),
            "comment": Word(_("Comment"), choice(CommentState)),
            "which": Word(_("Mark of the comment")),
            "ending": Word(_("Kind of file")),
            "results_digest": Word(_("Digest of the results")),
            "lists_deleted": Word(_("Addresses deleted from earlier lists"), number),
        },
    )
    yield (
        "function_action",
        {
            "wave": Word(_("Wave")),
            "function": Word(_("Function")),
            "driver": Word(_("Driver")),
            "text": Word(_("What we will do")),
            "owner": Word(_("Owner")),
            "due_on": Word(_("By when"), day),
            "state": Word(_("State"), choice(ActionState)),
        },
    )
