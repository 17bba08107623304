"""Vega configuration of the three themes. Charts name styles ("hue-0", "band", "ink"); themes color them."""

from enum import StrEnum
from typing import Any

from cxcharts.palette import DARK, DASHES, LIGHT, PRINT, SHAPES, Palette

SCREEN_FONT = "Inter, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif"
PRINT_FONT = "'Source Sans 3', 'Noto Sans CJK SC', sans-serif"


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    PRINT = "print"


def palette(theme: Theme | str) -> Palette:
    """The colors of a theme."""
    return {Theme.LIGHT: LIGHT, Theme.DARK: DARK, Theme.PRINT: PRINT}[Theme(theme)]


def config(theme: Theme | str) -> dict[str, Any]:
    """Vega-Lite configuration of a theme."""
    kind = Theme(theme)
    colors = palette(kind)
    font = PRINT_FONT if kind is Theme.PRINT else SCREEN_FONT
    # On a dark page a soft color sinks into the ground, so its bands are stronger.
    band_opacity = 0.24 if kind is Theme.DARK else 0.17
    return {
        "background": "transparent",
        "font": font,
        "aria": False,
        "view": {"stroke": None, "fill": None},
        "title": _title(colors, font),
        "axis": _axis(colors, font, grid_width=0.8 if kind is Theme.PRINT else 1),
        "header": {
            "labelFont": font,
            "labelFontSize": 13,
            "labelFontWeight": 600,
            "labelColor": colors.ink,
            "title": None,
        },
        "style": {
            **_text_styles(colors, font),
            **_mark_styles(colors, band_opacity),
            **_hue_styles(colors, band_opacity),
        },
    }


def _text_styles(colors: Palette, font: str) -> dict[str, dict[str, Any]]:
    return {
        "text": {"font": font, "fontSize": 12, "color": colors.ink, "lineHeight": 14},
        "ink": {"color": colors.ink},
        "strong": {"color": colors.ink, "fontWeight": 600},
        "muted": {"color": colors.muted},
        "small": {"fontSize": 11, "lineHeight": 13},
        "halo": {"stroke": colors.paper, "strokeWidth": 3},
        "on-heat-dark": {"color": colors.ink},
        "on-heat-light": {"color": colors.paper},
        "text-calm": {"color": colors.muted},
        "text-good": {"color": colors.good, "fontWeight": 600},
        "text-bad": {"color": colors.bad, "fontWeight": 600},
    }


def _mark_styles(colors: Palette, band_opacity: float) -> dict[str, dict[str, Any]]:
    """Marks by what they mean; a mark that is one of several series takes a hue instead."""
    return {
        "line-ink": {"color": colors.ink},
        "line-muted": {"color": colors.muted},
        "line-calm": {"color": colors.calm},
        "line-rule": {"color": colors.line},
        "line-faint": {"color": colors.faint},
        "line-good": {"color": colors.good},
        "line-bad": {"color": colors.bad},
        "fill-ink": {"color": colors.ink},
        "fill-calm": {"color": colors.calm},
        "fill-faint": {"color": colors.faint},
        "fill-good": {"color": colors.good},
        "fill-bad": {"color": colors.bad},
        "fill-paper": {"color": colors.paper},
        "band-calm": {"color": colors.calm, "fillOpacity": band_opacity, "strokeOpacity": 0},
        "band-good": {"color": colors.good, "fillOpacity": band_opacity, "strokeOpacity": 0},
        "band-bad": {"color": colors.bad, "fillOpacity": band_opacity, "strokeOpacity": 0},
        "band-ink": {"color": colors.ink, "fillOpacity": 0.1, "strokeOpacity": 0},
        "soft-good": {"color": colors.good, "fillOpacity": 0.55, "strokeOpacity": 0},
        "soft-bad": {"color": colors.bad, "fillOpacity": 0.6, "strokeOpacity": 0},
        "soft-calm": {"color": colors.calm, "fillOpacity": 0.55, "strokeOpacity": 0},
        "hollow": {"fill": colors.paper, "strokeWidth": 1.6},
        "hover": {"color": colors.ink, "stroke": colors.paper, "strokeWidth": 2},
    }


def _hue_styles(colors: Palette, band_opacity: float) -> dict[str, dict[str, Any]]:
    styles: dict[str, dict[str, Any]] = {}
    for index, hue in enumerate(colors.hues):
        styles[f"line-hue-{index}"] = {"color": hue}
        styles[f"fill-hue-{index}"] = {"color": hue}
        styles[f"text-hue-{index}"] = {"color": hue, "fontWeight": 600}
        styles[f"soft-hue-{index}"] = {"color": hue, "fillOpacity": 0.6, "strokeOpacity": 0}
        styles[f"band-hue-{index}"] = {"color": hue, "fillOpacity": band_opacity, "strokeOpacity": 0}
    for index, color in enumerate(colors.heat):
        styles[f"heat-{index}"] = {"color": color}
    return styles


def _title(colors: Palette, font: str) -> dict[str, Any]:
    """Of a picture that stands alone; page and document print the title themselves."""
    return {
        "font": font,
        "fontSize": 16,
        "fontWeight": 600,
        "color": colors.ink,
        "subtitleFont": font,
        "subtitleFontSize": 12.5,
        "subtitleColor": colors.muted,
        "subtitlePadding": 5,
        "lineHeight": 20,
        "subtitleLineHeight": 17,
        "anchor": "start",
        "frame": "bounds",
        "offset": 14,
    }


def _axis(colors: Palette, font: str, *, grid_width: float) -> dict[str, Any]:
    """Bare by default: a chart asks for the lines that it needs."""
    return {
        "domain": False,
        "ticks": False,
        "grid": False,
        "labelFont": font,
        "labelFontSize": 12,
        "labelColor": colors.muted,
        "gridColor": colors.faint,
        "gridWidth": grid_width,
        "domainColor": colors.line,
        "tickColor": colors.line,
        "title": None,
        "labelOverlap": False,
        "labelLineHeight": 14,
    }


def dash(index: int) -> list[int]:
    """Dash of the n-th line of a chart, so that lines differ without color."""
    return list(DASHES[index % len(DASHES)])


def shape(index: int) -> str:
    """Shape of the n-th kind of point of a chart."""
    return SHAPES[index % len(SHAPES)]
