"""Printed slips of a wave: a poster and sheets to be cut. What is on them is kept nowhere."""

import io
from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from common.text import legible
from employee_voice.credentials.key_list import short_digest
from employee_voice.selectors import slip_link

SLIPS_ON_A_SHEET = 18  # three columns of six on A4
QUIET, PIXELS = 4, 8  # modules of white around a code (the standard's quiet zone), pixels of a module
POSTER = "slips.png"
COLUMNS = 3


def html_of_slips(wave: Any, *, codes: Sequence[str], names: Sequence[str]) -> str:
    """One poster, then the sheets, in the reader's language. The typed address of all slips is the same."""
    link = slip_link()
    addresses = [f"asset:/{_file(number)}" for number in range(len(codes))]
    context = {
        "wave": wave,
        "organization_name": wave.survey.organization.name,
        "language": get_language(),
        "names": names,
        "link": link,
        "shown_link": link.split("://", 1)[-1],
        "qr": f"asset:/{POSTER}",
        "keys": short_digest(wave.keys_digest),
        "sheets": [
            list(batched(sheet, COLUMNS, strict=False))
            for sheet in batched(zip(codes, addresses, strict=True), SLIPS_ON_A_SHEET, strict=False)
        ],
    }
    return legible(render_to_string("reports/pdf/slips.html", context))


def pictures_of_slips(codes: Sequence[str]) -> dict[str, bytes]:
    """QR codes: of the address for the poster, and for each slip of the address with its code behind the #,
    so that who scans it need not type."""
    link = slip_link()
    return {POSTER: _drawn(link)} | {
        _file(number): _drawn(f"{link}#{code}") for number, code in enumerate(codes)
    }


def _file(number: int) -> str:
    """By its place: a name may stand in a log, a code must not."""
    return f"slip-{number}.png"


def _drawn(text: str) -> bytes:
    import qrcode  # noqa: PLC0415  # heavy, and seldom needed

    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET, box_size=PIXELS
    )  # level M: read with a crease or a stain too
    code.add_data(text)
    png = io.BytesIO()
    code.make_image().save(png, "PNG")
    return png.getvalue()
