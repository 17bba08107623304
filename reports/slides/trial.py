"""A template tried once, when it is uploaded: whoever chose the file is there to choose another."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from reports.slides import drawn_slides
from reports.slides.checking import TemplateFacts, check_template
from reports.slides.parts import Deck, Grid, Page, Plot, PlotKind, Series, UnusableTemplate


def tried_template(content: bytes) -> TemplateFacts:
    """What `check_template` says, after a deck with words, a chart and a table was drawn on the file. Raises
    UnusableTemplate."""
    facts = check_template(content)
    try:
        drawn_slides(_deck(), content)
    except Exception as error:  # whatever a broken file makes of a library: only this file caused it
        raise UnusableTemplate(
            _("This PowerPoint file is damaged. Save it again, or choose another.")
        ) from error
    return facts


def _deck() -> Deck:
    bars = Plot(
        kind=PlotKind.BARS,
        categories=("a", "b"),
        series=(Series(name="a", values=(1.0, 2.0)),),
        low=(0.0, 1.0),
        high=(2.0, 3.0),
        number_format="0",
        alternative="a",
    )
    table = Grid(columns=("a", "b"), rows=(("a", "b"),), shares=(0.5, 0.5), numbers=(False, True))
    return Deck(
        title="a",
        subtitle="a",
        sender="a",
        foot="a",
        address="",
        language="en",
        accent="#0b63a8",
        moment=datetime(2026, 1, 1, tzinfo=UTC),
        notes="a",
        pages=(
            Page(title="a", notes="a", texts=("a",)),
            Page(title="a", notes="a", plot=bars),
            Page(title="a", notes="a", grid=table),
        ),
    )
