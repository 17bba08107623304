"""Documents as slides (PPTX): the same figures, with charts that can be edited and notes for who speaks."""

from reports.slides.parts import Deck, Grid, Page, Plot, PlotKind, Series, UnusableTemplate

__all__ = ["Deck", "Grid", "Page", "Plot", "PlotKind", "Series", "UnusableTemplate", "drawn_slides"]


def drawn_slides(deck: Deck, template: bytes | None = None) -> bytes:
    """The presentation, on the organization's template where there is one. The same arguments make the same
    bytes. Raises UnusableTemplate."""
    from reports.slides.engine import presentation_of  # noqa: PLC0415  # heavy

    return presentation_of(deck, template)
