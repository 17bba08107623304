"""Disputes that finance has not answered: they stand over every value that is computed after them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from impact.choices import SignOff
from impact.models import RoiCase
from impact.wording import dispute_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute:
    """Finance's last word on an initiative's values, where it disputed: whose, when and in which words."""

    who: str
    on: datetime | None
    words: str

    @property
    def text(self) -> str:
        """Said of a value that it stands over, in the reader's language."""
        return dispute_text(self.who, self.on, self.words)

    def over(self, case: RoiCase, *, counts: bool = True) -> "Dispute | None":
        """Itself where it stands over this value of the same initiative, else None. No query.

        A value that finance reviewed has finance's word of its own. One that does not count (of an earlier
        study) and was replaced before the dispute is not what came after it.
        """
        if case.sign_off != SignOff.OPEN:
            return None
        is_later = self.on is None or case.current_since > self.on
        return self if counts or is_later else None


def unanswered_disputes(initiatives: Iterable[int]) -> dict[int, Dispute]:
    """Initiative id -> the dispute of its newest reviewed value, of whatever study, where that was disputed.

    Whatever is computed later lifts nothing: finance answers by its review of the new value. One query.
    """
    reviewed = RoiCase.objects.filter(study__initiative=OuterRef("study__initiative")).reviewed_last_first()
    rows = (
        RoiCase.objects.filter(
            study__initiative__in=set(initiatives),
            sign_off=SignOff.DISPUTED,
            pk=Subquery(reviewed.values("pk")[:1]),
        )
        .annotate(initiative=F("study__initiative"))
        .select_related("sign_off_by__user")
        .defer("inputs", "result")
    )
    return {
        row.initiative: Dispute(
            who=str(row.sign_off_by or ""), on=row.sign_off_at, words=row.sign_off_comment
        )
        for row in rows
    }
