"""What is said of a finding or a value that another engine computed, and of one computed again."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxstats import ENGINE_VERSION
from impact.choices import Recomputed
from wording.engines import computed_text, is_of_other_engine, version_text
from wording.joining import sentences


def finding_engine_text(version: str) -> str:
    """With which engine a finding was computed, and that it stays where that is another than today's."""
    if not is_of_other_engine(version):
        return computed_text(version)
    stays = _("The finding stays as it was fixed; a study made again may differ.")
    return sentences([computed_text(version), stays])


def value_engine_text(version: str) -> str:
    """The same of a value; nothing where today's engine computed it."""
    if not is_of_other_engine(version):
        return ""
    stays = _("The value stays as it was computed; one computed again may differ.")
    return sentences([computed_text(version), stays])


def document_engine_text(version: str, *, made_with: str) -> str:
    """For a new document about a finding of another engine than the one in use on that day; else nothing."""
    if version == made_with:
        return ""
    return _(
        "The study was computed with engine %(version)s; this document was created with %(today)s. The "
        "finding stays as it was fixed; a study made again may differ."
    ) % {"version": version_text(version), "today": version_text(made_with)}


_HEADLINES: Mapping[Recomputed, str | Promise] = {
    Recomputed.SAME: gettext_lazy("The same inputs give the same finding, figure by figure."),
    Recomputed.OTHER_VERSION: gettext_lazy(
        "Today's engine, %(today)s, gives %(now)s; the stored finding of engine %(version)s says %(then)s. "
        "Neither was altered: the inputs are the same, and engines of different versions may differ."
    ),
    Recomputed.OTHER_FIGURES: gettext_lazy(
        "The stored finding is not what its inputs give, although the same engine, %(today)s, computed both."
    ),
    Recomputed.OTHER_INPUTS: gettext_lazy(
        "The stored study is not as it was fixed: its inputs, or what is said of its finding, do not fit "
        "each other any more."
    ),
}
_WHAT_TO_DO = (
    gettext_lazy(
        "Do not rely on this finding, or on a value or document based on it, until this is explained."
    ),
    gettext_lazy(
        "Tell the person who runs this installation. They can compare the study with a backup, and with the "
        "evidence attached to a document that was created from it earlier."
    ),
    gettext_lazy("Run a new study: it reads the answers again and stores new inputs and a new finding."),
)


def recomputed_text(outcome: Recomputed, version: str, *, then: str, now: str) -> str:
    """What computing a study again came to, in one or two sentences; `then` and `now` are the effects."""
    said = str(_HEADLINES[outcome]) % {
        "version": version_text(version),
        "today": version_text(ENGINE_VERSION),
        "then": then,
        "now": now,
    }
    if outcome is Recomputed.SAME and is_of_other_engine(version):
        return sentences([said, computed_text(version)])
    return said


def what_to_do(outcome: Recomputed) -> tuple[str, ...]:
    """Steps where something is wrong; else nothing is to be done."""
    return tuple(map(str, _WHAT_TO_DO)) if outcome.is_alarm else ()
