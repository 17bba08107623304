"""Figures in words: what is said holds of everything that is told so."""

import pytest
from django.utils import translation

from cxstats.anonymity import Telling
from cxstats.codec import decoded, encoded
from cxstats.engagement import Figure, FunctionResult, Share
from employee_voice.telling import (
    hidden_figure_text,
    participation_text,
    rough_function_text,
    share_text,
    wave_text,
)
from wording.formats import reader_of


@pytest.fixture
def form():
    with translation.override("en"):
        yield reader_of("en", "US")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Share(value=0.624), "62%"),
        (Share(value=0.6, step=0.05), "about 60%"),
        (Share(value=0.4, step=0.1), "about 40%"),
        (Share(value=0.4, step=0.2), "30% to 50%"),
        (Share(value=0.5, step=0.25), "37% to 63%"),
        (Share(value=0.2, step=0.2, is_open=True), "at most 30%"),
        (Share(value=0.8, step=0.2, is_open=True), "at least 70%"),
        (Share(value=0.75, step=0.25, is_open=True), "at least 62%"),
        (Share(value=0.6666666667, step=1 / 3, is_open=True), "at least 50%"),
        (Share(value=0.05, step=0.05, is_open=True), "at most 8%"),
        (Share(value=0.95, step=0.05, is_open=True), "at least 92%"),
    ],
)
def test_shares(form, share, text):
    assert share_text(form, share) == text


def test_participation_that_is_not_told_says_so(form):
    told = FunctionResult(key="a", parent=None, answered=None, asked=24, is_blunt=True)
    assert participation_text(form, told).startswith("not told how many of 24 people asked")
    assert participation_text(form, FunctionResult(key="a", parent=None, is_empty=True, asked=24)) == ""
    roughly = FunctionResult(key="a", parent=None, answered=20, asked=24, is_blunt=True, answered_to=10)
    assert participation_text(form, roughly) == "about 20 of 24 people asked"
    few = FunctionResult(key="a", parent=None, answered=10, asked=7, is_blunt=True, answered_to=10)
    assert participation_text(form, few) == "about 7 of 7 people asked"  # never more than were asked


def test_what_was_stored_before_steps_had_levels_is_read_as_fives():
    old = {"measure": "q", "how": "blunt", "n": 10, "unfavourable": None, "neutral": None, "favourable": None}
    old |= {"favourable_interval": None, "score": None, "variance": None}
    figure = decoded(Figure, old)
    assert (figure.how, figure.n, figure.n_to) == (Telling.BLUNT, 10, 5)
    assert encoded(figure) == old  # and its digest stays
    assert encoded(Figure(measure="q", how=Telling.BLUNT, n=10, n_to=10))["n_to"] == 10


def test_why_something_is_rough_or_hidden_names_the_wave(form):
    rough = FunctionResult(key="a", parent=None, answered=25, is_blunt=True)
    told = rough_function_text(form, rough, since=wave_text(2))
    assert "since wave 2" in told
    assert "steps of 5% or wider" in told
    assert "since an earlier wave" in rough_function_text(form, rough, since=wave_text(None))
    assert "by subtraction" in rough_function_text(form, rough)
    assert rough_function_text(form, FunctionResult(key="a", parent=None, answered=25), since="wave 2") == ""
    hidden = Figure(measure="q", how=Telling.HIDDEN)
    assert "since wave 2" in hidden_figure_text(hidden, since=wave_text(2))
    assert "too few answers" in hidden_figure_text(hidden)
    assert hidden_figure_text(Figure(measure="q", how=Telling.EXACT, n=8), since="wave 2") == ""
