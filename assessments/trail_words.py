"""What the entries about assessments and frameworks say."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.details import Word, day, how_many, moment, number, yes_no


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        "assessment",
        {
            "title": Word(_("Title")),
            "framework": Word(_("Framework")),
            "framework_digest": Word(_("Digest of the framework")),
            "target_level": Word(_("Target level"), number),
            "due_on": Word(_("Answers due by"), day),
            "minimum_group": Word(_("Smallest group shown"), number),
            "private": Word(_("Private"), yes_no),
            "members": Word(_("People invited"), how_many),
            "perspective": Word(_("Perspective")),
            "response": Word(_("Number of the response")),
            "answers_digest": Word(_("Digest of the answers")),
            "submitted_at": Word(_("Submitted at"), moment),
            "submitted": Word(_("Responses submitted"), number),
            "outstanding": Word(_("Responses outstanding"), number),
            "sequence": Word(_("Result number"), number),
            "closed_at": Word(_("Closed at"), moment),
            "practice": Word(_("Practice")),
            "level": Word(_("Agreed level"), number),
        },
    )
    yield "framework", {"key": Word(_("Key"))}
