"""What people type about a figure of the library: shape only."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.forms import DeclaredForm
from impact.choices import LibraryMeasure, SourceKind
from impact.fields import LIBRARY, LibraryValues
from impact.models import LibraryFigure


class LibraryForm(DeclaredForm):
    """A figure of the library."""

    table = LIBRARY

    def __init__(self, *args: Any, row: LibraryFigure | None, currency: str, **kwargs: Any) -> None:
        initial = {"source_kind": SourceKind.FINANCE} if row is None else LIBRARY.initial_of(row)
        super().__init__(*args, initial=initial, **kwargs)
        measure = self.data.get("measure") if self.is_bound else initial.get("measure")
        if measure == LibraryMeasure.SHARE:  # 50 % means something of a share alone
            for name in ("low", "likely", "high"):
                self.fields[name].percent_as = Decimal("0.01")  # type: ignore[attr-defined]
        kinds = self.fields["source_kind"]
        kinds.choices = [one for one in SourceKind.choices if one[0] != SourceKind.ASSOCIATION]  # type: ignore[attr-defined]
        self.fields["measure"].help_text = _("Money is in %(currency)s.") % {"currency": currency}
        if row is None:
            del self.fields["is_retired"]

    def values(self) -> LibraryValues:
        return LibraryValues(**self.typed())
