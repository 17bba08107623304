"""Pure charts: data in, one Vega-Lite specification out, with a text alternative and a table.

The page draws the specification interactively, the PDF draws the same one as SVG. This package knows
no Django, no statistics engine, no files and no clock; words arrive translated (`labels.Labels`).
See docs/charts.md.
"""
