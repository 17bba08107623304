"""Colors as hexadecimal text: contrast by WCAG 2.2, and shades that can be read. Pure.

Source: WCAG 2.2, definitions of "relative luminance" and "contrast ratio"; criteria 1.4.3 (text, 4.5 to 1)
and 1.4.11 (buttons and marks, 3 to 1).
"""

import re

READABLE = 4.5  # to 1, of text of any size
SEEN = 3.0  # to 1, of a button or a mark beside its ground
WHITE, DARK = "#ffffff", "#182433"  # paper, and the lightest ground of the dark theme
_FORM = re.compile(r"#[0-9a-f]{6}")
_STEPS = 100


def is_color(text: str) -> bool:
    """Whether it is written as #rrggbb, in small letters."""
    return _FORM.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(color: str, ground: str) -> str:
    """The color itself where it can be read on the ground; else the nearest shade towards black (on a light
    ground) or white (on a dark one) that can."""
    return _nearest(color, ground, READABLE)


def seen_on(color: str, ground: str) -> str:
    """As `readable_on`, for what is filled with the color. On the dark theme's ground white text can be read
    on it wherever it can on the color: below 3 to 1 with that ground, a shade just above it.
    """
    return _nearest(color, ground, SEEN)


def _nearest(color: str, ground: str, ratio: float) -> str:
    end = "#000000" if _luminance(ground) > _luminance("#777777") else "#ffffff"
    for step in range(_STEPS + 1):
        shade = mixed(color, end, step / _STEPS)
        if contrast(shade, ground) >= ratio:
            return shade
    return end


def mixed(color: str, other: str, share: float) -> str:
    """So much (0 to 1) of the other color in the first."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
