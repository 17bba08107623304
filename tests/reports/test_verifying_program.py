"""The return of the program is computed again from its document alone: no change passes, and it is named."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from accounts.choices import Role
from cxstats.codec import canonical_text, digest_of
from impact.models import LedgerYear
from reports import services
from reports.documents import evidence_of_program
from reports.services import Outcome, verifying_program
from reports.services.verifying import Verification, verify_evidence
from tests.conftest import _member
from tests.factories import OrganizationFactory
from tests.impact.program import FIRST, computed, full_ledger, valued, whole_program
from tests.reports.test_verifying import changed, is_found, outcomes, places, signed
from tests.reports.test_verifying import replace as with_changes

STEPS = ("content", "inputs", "ledger", "claims", "return")
DIGITS = 25
CASE, INPUTS, RESULT = "program_case", "program_case.inputs", "program_case.result"


@pytest.fixture(scope="module")
def content(django_db_setup, django_db_blocker, tmp_path_factory) -> dict[str, Any]:
    """The evidence of a whole program, with what was recorded afterwards."""
    with (
        override_settings(COUNTS_AT_ONCE=True, MEDIA_ROOT=tmp_path_factory.mktemp("evidence")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        organization = OrganizationFactory(name="Northwind Telecom", slug="northwind", currency="EUR")
        case = whole_program(_member(organization, "Ada", Role.CX_LEADER))
        found = json.loads(canonical_text(evidence_of_program(case, with_look_backs=True)))
        transaction.set_rollback(True)
    return found


@pytest.fixture(autouse=True, scope="module")
def _computed_once() -> Any:
    """The engine computes each program once."""
    patch = pytest.MonkeyPatch()
    figures = verifying_program.program_figures
    value = cache(lambda program: canonical_text(figures(json.loads(program))))
    patch.setattr(
        verifying_program, "program_figures", lambda program: json.loads(value(canonical_text(program)))
    )
    yield
    patch.undo()


def said(found: Verification) -> dict[str, str]:
    return {step.name: step.said for step in found.steps}


def placed(inputs: dict[str, Any], way: str) -> str:
    """The way with the place of an initiative in its list for its name."""
    parts, here = way.split("."), inputs
    for index, part in enumerate(parts):
        if part.startswith("INI-"):
            names = [one.get("key") or one["reference"] for one in here]
            parts[index] = str(names.index(part))
        here = here[int(parts[index]) if isinstance(here, list) else parts[index]]
    return ".".join(parts)


def fitted(content: dict[str, Any], way: str, value: Any) -> dict[str, Any]:
    """Changed in the inputs, and digest, seeds and result made to fit: as one would who has the program."""
    found = changed(content, f"{INPUTS}.{placed(content[CASE]['inputs'], way)}", value)
    case = found[CASE]
    case["input_digest"] = digest_of(case["inputs"], version=1)
    case["result"] = {
        key: verifying_program.program_figures(case["inputs"][program])
        for key, program in (("main", "program"), ("whole", "whole"))
    }
    return found


def test_the_return_comes_out_again_and_is_told_as_the_document_does(content):
    found = verify_evidence(signed(content))
    assert outcomes(found) == dict.fromkeys(STEPS, Outcome.SAME), places(found)
    stated = content[CASE]["result"]["whole"]["return"]
    for text in (
        f"net present value {stated['net_present_value']['mean']:.2f} EUR",
        f"return {stated['roi']['mean']:.1%}",
        "payback ",
        f"without {stated['best']} {stated['without_best']['mean']:.2f} EUR",
    ):
        assert text in said(found)["return"], text
    assert said(found)["claims"].startswith("1 initiatives counted, 1 forecasts")
    alone = verify_evidence(signed({**content, "with_look_backs": False}))
    net = content[CASE]["result"]["main"]["return"]["net_present_value"]["mean"]
    assert alone.outcome is Outcome.SAME
    assert f"net present value {net:.2f} EUR" in said(alone)["return"]
    assert "without INI" not in said(alone)["return"]  # nothing would be left


def test_no_changed_digit_passes(content):
    attached, chance = signed(content), random.Random(20261130)
    text = attached.content
    digits = [place for place, sign in enumerate(text) if chr(sign).isdecimal()]
    for place in chance.sample(digits, DIGITS):
        digit = chance.choice([sign for sign in b"0123456789" if sign != text[place]])
        altered = with_changes(attached, content=text[:place] + bytes([digit]) + text[place + 1 :])
        assert is_found(altered), text[place - 40 : place + 40]


def test_no_changed_digit_of_inputs_passes_where_the_code_was_made_to_fit(content):
    text, chance = canonical_text(content[CASE]["inputs"]), random.Random(20261130)
    digits = [place for place, sign in enumerate(text) if sign.isdecimal()]
    checked = 0
    while checked < DIGITS:
        place = chance.choice(digits)
        digit = chance.choice([sign for sign in "0123456789" if sign != text[place]])
        try:
            inputs = json.loads(text[:place] + digit + text[place + 1 :])
        except ValueError:  # a 0 in front: no JSON any more
            continue
        if canonical_text(inputs) == text:  # the seventeenth digit of a figure: the same number
            continue
        found = verify_evidence(signed({**content, CASE: {**content[CASE], "inputs": inputs}}))
        assert found.outcome is Outcome.DIFFERS, text[place - 40 : place + 40]
        assert outcomes(found)["return"] is not Outcome.SAME
        checked += 1


def more(value: float) -> float:
    return value * 1.000001


STATED: dict[str, tuple[str, Any, str]] = {
    "net value": (f"{RESULT}.whole.return.net_present_value.mean", more, "return"),
    "range": (f"{RESULT}.main.return.net_present_value.p95", more, "return"),
    "return": (f"{RESULT}.whole.return.roi.mean", more, "return"),
    "payback": (f"{RESULT}.whole.return.payback_p50.value", 2.5, "return"),
    "chance of none": (f"{RESULT}.main.return.probability_never_paid_back", 0.25, "return"),
    "without the best": (f"{RESULT}.whole.return.without_best.mean", more, "return"),
    "the best": (f"{RESULT}.whole.return.best", "INI-2", "return"),
    "a year": (f"{RESULT}.main.return.costs_by_year.1", more, "return"),
    "luck": (f"{RESULT}.whole.return.lines.0.luck", lambda value: value + 1, "return"),
    "forecast": (f"{RESULT}.main.return.forecasts.0.planned.mean", more, "return"),
    "seed": (f"{RESULT}.whole.seed", lambda seed: seed + 1, "inputs"),
    "digest": (f"{CASE}.input_digest", "0" * 64, "inputs"),
}


@pytest.mark.parametrize("what", STATED)
def test_what_was_changed_is_named_even_where_the_code_was_made_to_fit(content, what):
    way, value, step = STATED[what]
    found = verify_evidence(signed(changed(content, way, value)))
    assert (outcomes(found)["content"], outcomes(found)[step]) == (Outcome.SAME, Outcome.DIFFERS)
    assert way in [place.replace("[", ".").replace("]", "") for place in places(found)]


def half(amount: str) -> str:
    return str(float(amount) / 2)


FITTED: dict[str, tuple[str, Any, str, str]] = {
    "a cost in the ledger": ("ledger.1.lines.0.amount", half, "ledger", "ledger[1].total"),
    "a cost that is counted": (
        "program.costs.0.amount.args.0", lambda paid: paid / 2, "ledger", "program.costs"
    ),
    "the year of a cost": ("whole.costs.0.year", lambda year: year + 1, "ledger", "whole.costs"),
    "a rate": ("ledger.0.lines.1.rate", "0.5", "ledger", "program.costs"),
    "a gap that is not said": ("ledger.1.lines", [], "ledger", "missing"),
    "a year that is gone": ("ledger", lambda years: years[:-1], "ledger", "missing"),
    "a gap that is none": ("missing", [FIRST], "ledger", "missing"),
    "an amount without a rate": ("ledger.0.lines.1.rate", None, "ledger", "without_rate"),
    "a grade": ("program.initiatives.INI-1.grade", "A", "claims", "program.initiatives.INI-1.grade"),
    "a verdict that is told": (
        "initiatives.INI-1.verdict", "harmful", "claims", "program.initiatives.INI-1.verdict"
    ),
    "an earlier start": ("whole.initiatives.INI-1.begins", 1, "claims", "whole.initiatives.INI-1.begins"),
    "a later go-live": (
        "initiatives.INI-1.went_live_on", "2026-03-01", "claims", "program.initiatives.INI-1.begins"
    ),
    "an initiative left out": ("program.initiatives", lambda all_: all_[:1], "claims", "program.initiatives"),
    "one that is said to be apart": ("initiatives.INI-1.state", "disputed", "claims", "program.initiatives"),
    "the rate of interest": ("program.discount_rate", 0.01, "claims", "program.discount_rate"),
    "more years": ("program.years", lambda years: years + 1, "claims", "program.years"),
    "the first year": ("first_year", lambda year: year - 1, "claims", "first_year"),
}  # fmt: skip


@pytest.mark.parametrize("what", FITTED)
def test_what_the_engine_read_is_what_the_document_tells(content, what):
    """With digests, seeds and figures that fit: only the two sides of the inputs say otherwise."""
    way, value, step, named = FITTED[what]
    found = verify_evidence(signed(fitted(content, way, value)))
    assert outcomes(found)[step] is Outcome.DIFFERS
    assert f"{INPUTS}.{named}" in places(found)
    assert outcomes(found)["return"] is Outcome.SAME


def test_what_fits_on_both_sides_is_no_difference(content):
    """So the test above fails for nothing but what it changed."""
    found = verify_evidence(signed(fitted(content, "initiatives.INI-1.title", "Another name")))
    assert found.outcome is Outcome.SAME, places(found)


def test_figures_of_an_older_engine_are_told_apart(content):
    older = changed(content, f"{CASE}.engine_version", "0.1.0")
    assert verify_evidence(signed(older)).outcome is Outcome.SAME
    other = changed(older, f"{RESULT}.main.return.benefits.mean", more)
    found = verify_evidence(signed(other))
    assert (found.outcome, places(found)) == (Outcome.OTHER_ENGINE, [f"{RESULT}.main.return.benefits.mean"])


def test_look_backs_cannot_be_claimed_where_there_are_none(content):
    alone = fitted(content, "whole", None)
    assert f"{INPUTS}.whole" not in places(verify_evidence(signed(alone)))
    assert "with_look_backs" in places(verify_evidence(signed(alone)))


@pytest.mark.parametrize(
    "way", [INPUTS, RESULT, f"{INPUTS}.program", f"{INPUTS}.ledger", f"{RESULT}.main.return"]
)
@pytest.mark.parametrize("value", [{}, [], "x", 7, None])
def test_parts_that_are_gone_differ_and_stop_nothing(content, way, value):
    found = verify_evidence(signed(changed(content, way, value)))
    assert found.outcome is Outcome.DIFFERS
    assert tuple(outcomes(found)) == STEPS


@pytest.mark.django_db
@pytest.mark.usefixtures("short")
def test_a_document_that_was_made_passes_and_a_gap_has_no_net_value(ada, capsys):
    """The command, on a file; a year without costs takes net value, return and payback away here too."""
    valued(ada)
    full_ledger(ada)
    LedgerYear.objects.filter(year=FIRST + 1).delete()
    report = services.request_program_report(by=ada, case=computed(ada), language="zh-hans")
    assert services.make_report(report=report)
    report.refresh_from_db()
    call_command("verify_report", str(Path(report.file.path)))
    told = capsys.readouterr().out
    assert told.endswith("Nothing was altered.\n")
    assert [line.split()[:2] for line in told.splitlines()[1:-1]] == [[name, "same"] for name in STEPS]
    assert f"no net value: costs of {FIRST + 1} are not known" in told
    assert "net present value" not in told
    assert f"missing {FIRST + 1}" in told
