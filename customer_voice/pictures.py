"""Pictures for surveys."""

import io

QUIET = 4  # modules of white around a code, as ISO/IEC 18004 asks


def qr_svg(text: str) -> bytes:
    """The text as a QR code, one path of an SVG. Level M: read with a crease or a stain too."""
    import qrcode  # noqa: PLC0415  # heavy, and seldom needed
    import qrcode.image.svg  # noqa: PLC0415

    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M,
        border=QUIET,
        image_factory=qrcode.image.svg.SvgPathFillImage,
    )
    code.add_data(text)
    picture = io.BytesIO()
    code.make_image().save(picture)
    return picture.getvalue()
