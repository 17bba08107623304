"""Which layouts of a template the slides use, and a template without the slides that it came with."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pptx.enum.shapes import PP_PLACEHOLDER

from reports.slides.parts import UnusableTemplate

_TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE})
_SIDE = frozenset({PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER})


@dataclass(frozen=True, kw_only=True, slots=True)
class Layouts:
    """`opening` for the first slide, `content` for all others; `is_ours`: nobody's template, so titles are
    placed here."""

    opening: Any
    content: Any
    is_ours: bool

    def title_and_subtitle(self, slide: Any) -> tuple[Any, Any | None]:
        """The placeholder of the title, and that of the subtitle, where the layout has one."""
        title = slide.shapes.title
        subtitle = next(
            (
                shape
                for shape in slide.placeholders
                if shape.placeholder_format.type in {PP_PLACEHOLDER.SUBTITLE, PP_PLACEHOLDER.BODY}
            ),
            None,
        )
        _drop(slide, keep=[title, subtitle])
        return title, subtitle

    def title_of(self, slide: Any) -> Any:
        title = slide.shapes.title
        _drop(slide, keep=[title])
        return title


def layouts_of(show: Any, *, is_ours: bool) -> Layouts:
    """Raises UnusableTemplate where no layout has a title."""
    titled = [
        layout
        for master in show.slide_masters
        for layout in master.slide_layouts
        if any(_type(shape) in _TITLES for shape in layout.placeholders)
    ]
    if not titled:
        raise UnusableTemplate(
            _(
                "The slide template has no layout with a title. Add one in the slide master, or remove the "
                "template."
            )
        )
    openings = [
        layout
        for layout in titled
        if any(_type(shape) in {PP_PLACEHOLDER.CENTER_TITLE} for shape in layout.placeholders)
    ]
    # the one with the fewest other placeholders leaves the most room: usually "Title only"
    content = min(titled, key=_others)
    return Layouts(opening=(openings or titled)[0], content=content, is_ours=is_ours)


def _others(layout: Any) -> int:
    return sum(_type(shape) not in _TITLES | _SIDE for shape in layout.placeholders)


def _type(shape: Any) -> Any:
    return shape.placeholder_format.type


def _drop(slide: Any, *, keep: list[Any]) -> None:
    """Empty placeholders would show their prompt."""
    kept = {shape.shape_id for shape in keep if shape is not None}
    for shape in list(slide.placeholders):
        if shape.shape_id not in kept:
            shape._element.getparent().remove(shape._element)


def without_slides(show: Any) -> None:
    """The slides of the template go, with all that only they hold."""
    listed = show.slides._sldIdLst
    for one in list(listed):
        show.part.drop_rel(one.rId)
        listed.remove(one)
