"""Each use case of the room that breaks off at its last statement leaves nothing behind."""

from datetime import timedelta
from functools import partial

import pytest

from impact import services
from impact.models import RoiCase
from tests.factories.impact import parameter_values, value_model
from tests.factories.reports import proved
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db


def model_of(known, by, **changes):
    return partial(
        services.save_value_model,
        initiative=known.study.initiative,
        by=by,
        parameters=parameter_values(),
        **{"kind": "retention", "horizon_years": 5, "discount_rate_pct": 8, **changes},
    )


def computed_anew(known, by):
    model_of(known, by)()
    return partial(services.compute_roi_case, study=known.study, by=by)


def come_back(known, by):
    """The inputs of the known value return."""
    model_of(known, by)()
    return partial(value_model, known.study.initiative, by)


def asked_for(known, by):
    cutoff = known.last_day + timedelta(days=1)  # the same again would be no new study
    return partial(services.request_study, initiative=known.study.initiative, by=by, data_cutoff=cutoff)


BROKEN = {
    "saving a value model": ("services.values.record_event", model_of),
    "bringing a value back": ("services.values.make_current", come_back),
    "computing a value": ("services.cases.record_event", computed_anew),
    "asking for a study": ("services.studies.record_event", asked_for),
    "asking for drivers": (
        "services.drivers.record_event",
        lambda known, by: partial(services.request_drivers, by=by),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_off_leaves_nothing_behind(ada, monkeypatch, name):
    last, prepare = BROKEN[name]
    use_case = prepare(proved(ada), ada)
    assert left_behind(monkeypatch, f"impact.{last}", use_case, "impact", "coalition", "accounts") == []


def test_a_review_that_breaks_off_signs_nothing(ada, fay, monkeypatch):
    case = proved(ada).case
    use_case = partial(services.sign_off, case=case, by=fay, comment="Fine")
    assert left_behind(monkeypatch, "impact.services.reviews.record_event", use_case, "impact") == []
    assert RoiCase.objects.get(pk=case.pk).sign_off == "open"
