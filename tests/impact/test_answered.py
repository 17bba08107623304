"""The answers behind a study lead to rows of the days that it read."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from impact.selectors.answered import answers_of
from impact.selectors.studies import study_view

pytestmark = pytest.mark.django_db


def test_days_after_the_last_whole_week_are_not_asked_for(studied):
    view = study_view(studied)
    cells = view.study.inputs["panel"]["cells"]
    last = max(date.fromisoformat(cell["period"]) for cell in cells)
    first = min(date.fromisoformat(cell["period"]) for cell in cells)
    for days in (0, 1, 3, 6):  # the data go on into a week that is not over
        subject = replace(view.subject, data_cutoff=last + timedelta(days=6 + days))
        places = answers_of(replace(view, subject=subject))
        assert {(place.start, place.end) for place in places} == {(first, last + timedelta(days=7))}
    assert sum(place.n for place in places) == sum(cell["n"] for cell in cells)


def test_a_study_that_read_nothing_asks_from_the_go_live_to_its_last_day(studied):
    view = study_view(studied)
    cells = view.study.inputs["panel"]["cells"]
    for cell in cells:
        cell["period"] = ""
    (days,) = {(place.start, place.end) for place in answers_of(view)}
    assert days == (view.subject.go_live, view.subject.data_cutoff + timedelta(days=1))
