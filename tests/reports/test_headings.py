"""No heading stands alone at the foot of a page, nor with a line that only says what follows."""

from pathlib import Path

import pytest
from weasyprint import CSS, HTML

STYLE = (Path(__file__).parents[2] / "reports" / "assets" / "report.css").read_text(encoding="utf-8")
WORDS = (
    '<h2>Opportunities</h2><p class="muted">Ranked by gap.</p>'
    '<h3>1. First</h3><p class="small">Dimension</p><p>What to do next.</p><p>More</p>'
)


@pytest.mark.parametrize("above", range(198, 231, 4))
def test_a_heading_goes_to_the_page_of_what_it_heads(above):
    drawn = HTML(string=f'<div style="height: {above}mm"></div>{WORDS}').render(
        stylesheets=[CSS(string=STYLE)]
    )
    boxes = drawn.pages[0]._page_box.descendants()
    told = {box.text for box in boxes if getattr(box, "text", "")}
    assert ("What to do next." in told) == ("Opportunities" in told)
