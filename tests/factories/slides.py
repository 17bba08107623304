"""Templates of slides as organizations have them, and as they should not."""

import io
import zipfile
from collections.abc import Callable

from pptx import Presentation


def template(change: Callable[[object], None] | None = None) -> bytes:
    """A small presentation with one slide of its own, changed before it is saved."""
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[0])
    slide.shapes.title.text = "An old slide"
    if change is not None:
        change(show)
    made = io.BytesIO()
    show.save(made)
    return made.getvalue()


def without(content: bytes, *beginnings: str) -> bytes:
    """The file without the parts whose names begin so."""
    return rewritten(content, lambda name, part: None if name.startswith(beginnings) else part)


def rewritten(
    content: bytes,
    change: Callable[[str, bytes], bytes | None],
    more: dict[str, bytes] | None = None,
) -> bytes:
    """The file with every part as `change` gives it (None: left out), and more parts."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = change(name, source.read(name))
            if part is not None:
                target.writestr(name, part)
        for name, part in (more or {}).items():
            target.writestr(name, part)
    return made.getvalue()
