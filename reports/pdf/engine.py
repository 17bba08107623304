"""The typesetting itself. It loads WeasyPrint, so `reports.pdf.render_pdf` imports it when it is called."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.pdf.finishing import ACCESSIBLE, SRGB, colour_profile, finished
from reports.pdf.parts import Evidence, ForbiddenResource, Rendered

STYLE_SHEET = Path(__file__).parent.parent / "assets" / "report.css"
_PACKAGES = settings.BASE_DIR / "node_modules" / "@fontsource"
_FONTS = {
    f"{family}-{subset}-{weight}-{style}.woff2": _PACKAGES / family / "files"
    for family, weights in (("source-sans-3", ("400", "600")), ("source-serif-4", ("400", "600")))
    for subset in ("latin", "latin-ext")
    for weight in weights
    for style in ("normal", "italic")
}


class OwnAssetsOnly(URLFetcher):
    """Serves `asset:/<font>` from a fixed list, and the pictures that a document brings along; every other
    address stops the document.

    A picture or style address inside a customer's comment can therefore neither reach the network nor
    read a file of this machine.
    """

    def __init__(self, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__()
        self.pictures = pictures or {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix("asset:/")
        if url.startswith("asset:/") and name in self.pictures:
            return URLFetcherResponse(url, self.pictures[name], {"Content-Type": "image/png"})
        if not url.startswith("asset:/") or name not in _FONTS:
            raise FatalURLFetchingError(f"A document may not load {url[:80]}")
        return URLFetcherResponse(url, (_FONTS[name] / name).read_bytes(), {"Content-Type": "font/woff2"})


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    fonts = FontConfiguration()
    text = STYLE_SHEET.read_text(encoding="utf-8")
    return CSS(string=text, font_config=fonts, url_fetcher=OwnAssetsOnly(), base_url="asset:/"), fonts


def typeset(
    html: str, pictures: Mapping[str, bytes], *, evidence: Evidence, identifier: str, moment: datetime
) -> Rendered:
    """See `reports.pdf.render_pdf`."""
    attachment = Attachment(
        string=evidence.content.decode("utf-8"),
        name=evidence.name,
        description=evidence.description,
        created=moment,
        modified=moment,
        relationship="Data",
        url_fetcher=OwnAssetsOnly(),
    )
    # As digits: an identifier of bytes is written as it is, and a reader takes some of them for line ends.
    number = identifier[:32].encode()
    with _translated():
        document = _laid_out(html, pictures, output_intent=SRGB)
        document.color_profiles[SRGB] = colour_profile()
        document.metadata.xmp_metadata.append(ACCESSIBLE)
        return _written(
            document,
            finisher=finished,
            pdf_variant="pdf/a-3a",
            pdf_identifier=number,
            attachments=[attachment],
            output_intent="",  # the profile is there already; WeasyPrint's way leaves a file open
        )


def typeset_sheets(html: str, pictures: Mapping[str, bytes]) -> Rendered:
    """See `reports.pdf.render_sheets`."""
    with _translated():
        return _written(_laid_out(html, pictures), pdf_variant="pdf/ua-1")


def _laid_out(html: str, pictures: Mapping[str, bytes] | None = None, **options: Any) -> Document:
    style, fonts = _style()
    source = HTML(string=html, base_url="asset:/", url_fetcher=OwnAssetsOnly(pictures))
    return source.render(stylesheets=[style], font_config=fonts, pdf_tags=True, **options)


def _written(document: Document, **options: Any) -> Rendered:
    target = io.BytesIO()
    document.write_pdf(target, pdf_tags=True, **options)
    return Rendered(content=target.getvalue(), pages=len(document.pages))


@contextmanager
def _translated() -> Iterator[None]:
    """WeasyPrint's refusal to load something, as ours."""
    try:
        yield
    except FatalURLFetchingError as refusal:
        raise ForbiddenResource(str(refusal)) from refusal
