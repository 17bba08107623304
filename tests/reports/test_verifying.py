"""A document is computed again from its own evidence: without a database, and no change passes."""

import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from accounts.choices import Role
from cxstats.codec import canonical_text, digest_of
from reports.codes import verification_code
from reports.documents import evidence_of_roi
from reports.pdf import Attached, UnreadableDocument, render_pdf
from reports.pdf.parts import Evidence
from reports.services import Outcome, verify_file, verifying
from reports.services.verifying import Verification, verify_evidence
from tests.conftest import _member
from tests.factories import OrganizationFactory
from tests.factories.reports import made_report, proved
from tests.golden import ENGINES, STORED
from tests.reports.test_pdf import MOMENT, page

pytestmark = pytest.mark.drawn
DIGITS = 60  # `python -m benchmarks.altered_digits FILE` changes a thousand


@pytest.fixture(scope="module")
def content(django_db_setup, django_db_blocker, tmp_path_factory) -> dict[str, Any]:
    """The evidence of the supported study with its value."""
    with (
        override_settings(COUNTS_AT_ONCE=True, MEDIA_ROOT=tmp_path_factory.mktemp("evidence")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        organization = OrganizationFactory(name="Northwind Telecom", slug="northwind", currency="EUR")
        made = proved(_member(organization, "Ada", Role.CX_LEADER))
        found = json.loads(canonical_text(evidence_of_roi(made.study, made.case)))
        transaction.set_rollback(True)
    return found


@pytest.fixture(autouse=True, scope="module")
def _computed_once() -> Any:
    """The engine computes each input once: it is the same engine, and most changes leave the inputs alone."""
    patch = pytest.MonkeyPatch()
    finding, figures = verifying.finding_from, verifying.roi_figures
    find = cache(lambda inputs, seed: finding(json.loads(inputs), seed))
    value = cache(lambda inputs: canonical_text(figures(json.loads(inputs))))
    patch.setattr(verifying, "finding_from", lambda inputs, seed: find(canonical_text(inputs), seed))
    patch.setattr(verifying, "roi_figures", lambda inputs: json.loads(value(canonical_text(inputs))))
    yield
    patch.undo()


def signed(content: dict[str, Any], *, form: tuple[str, ...] = ("en", "A4")) -> Attached:
    """The content under the code that fits it, as a forger would also do it."""
    text = canonical_text(content)
    digest = digest_of(content, version=1)
    code = verification_code(content["organization"]["slug"], digest, *form)
    return Attached(code=code, content=text.encode(), identifier=digest[:32])


def outcomes(found: Verification) -> dict[str, Outcome]:
    return {step.name: step.outcome for step in found.steps}


def places(found: Verification) -> list[str]:
    return [one.place for step in found.steps for one in step.differences]


def changed(content: dict[str, Any], way: str, value: Any) -> dict[str, Any]:
    """A copy in which `way` leads to another value; a function is given the one of before."""
    copy = json.loads(json.dumps(content))
    *parents, last = [int(part) if part.isdecimal() else part for part in way.split(".")]
    place = copy
    for part in parents:
        place = place[part]
    place[last] = value(place[last]) if callable(value) else value
    return copy


# --- what is as it was created ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", [("en", "A4"), ("zh-hans", "letter"), ("en", "DE", "A4"), ("zh-hans", "CH", "A4")]
)
def test_effect_and_money_come_out_again_whatever_the_form(content, form):
    found = verify_evidence(signed(content, form=form))
    assert outcomes(found) == dict.fromkeys(("content", "plan", "inputs", "effect", "money"), Outcome.SAME)
    assert found.outcome is Outcome.SAME
    effect, money = found.steps[3].said, found.steps[4].said
    assert f"{content['study']['finding']['effect']['value']:.6g} points" in effect
    assert f"{content['roi_case']['result']['roi']['net_present_value']['mean']:.2f} EUR" in money


def test_a_document_without_value_or_with_a_refusal_is_verified_too(content):
    found = verify_evidence(signed({**content, "roi_case": None}))
    assert (found.outcome, outcomes(found)["money"]) == (Outcome.SAME, Outcome.NOT_COMPUTED)
    study = {**STORED["study"], "input_digest": STORED["study"]["digest"]}
    refused = verify_evidence(signed({**content, "study": study, "roi_case": None}))
    assert refused.outcome is Outcome.SAME
    assert "no figure (no_post_period)" in refused.steps[3].said


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_document_of_an_older_engine_is_called_that_and_not_altered(content, engine):
    stored = ENGINES[engine]
    study = {**content["study"], **stored, "input_digest": stored["digest"]}
    old = {**content, "study": study, "roi_case": None}
    found = verify_evidence(signed(old))
    assert found.outcome in {Outcome.SAME, Outcome.OTHER_ENGINE}
    assert f"engine {engine}" in found.steps[3].said
    other = changed(old, "study.finding.effect.value", lambda value: value + 1)
    differing = verify_evidence(signed(other))
    assert differing.outcome is Outcome.OTHER_ENGINE
    assert "study.finding.effect.value" in places(differing)
    # the code is no engine's: a changed figure under the old code was altered all the same
    assert verify_evidence(replace(signed(other), code=signed(old).code)).outcome is Outcome.DIFFERS


def test_a_document_of_published_figures_is_held_to_its_code_alone(content):
    of_wave = {**content, "schema": "cxprogram.employee-wave/1"}
    assert outcomes(verify_evidence(signed(of_wave))) == {
        "content": Outcome.SAME,
        "figures": Outcome.NOT_COMPUTED,
    }
    assert verify_evidence(replace(signed(of_wave), code="AAAA-BBBB-CCCC-DDDD")).outcome is Outcome.DIFFERS


# --- what was changed --------------------------------------------------------------------------------------


def test_no_changed_digit_passes(content):
    attached, chance = signed(content), random.Random(20261130)
    text = attached.content
    digits = [place for place, sign in enumerate(text) if chr(sign).isdecimal()]
    for place in chance.sample(digits, DIGITS):
        digit = chance.choice([sign for sign in b"0123456789" if sign != text[place]])
        altered = replace(attached, content=text[:place] + bytes([digit]) + text[place + 1 :])
        assert is_found(altered), text[place - 40 : place + 40]


def is_found(altered: Attached) -> bool:
    try:
        return verify_evidence(altered).outcome is Outcome.DIFFERS
    except UnreadableDocument as refusal:  # a digit too many in front: no JSON any more
        return "was altered" in str(refusal)


ALTERED: dict[str, tuple[str, Any, str]] = {
    "effect": ("study.finding.effect.value", lambda value: value * 1.000001, "study.finding.effect.value"),
    "verdict": ("study.finding.verdict", "suggestive", "study.finding.verdict"),
    "grade": ("study.finding.grade", "A", "study.finding.grade"),
    "engine of the study": ("study.engine_version", "1.2.0", "study.engine_version"),
    "a cell": ("study.inputs.panel.cells.3.n", lambda n: n + 1, "study.input_digest"),
    "seed": ("study.seed", lambda seed: seed + 1, "study.seed"),
    "plan": ("plan.content.decision_rule", "Stop.", "plan.digest"),
    "money": (
        "roi_case.result.roi.net_present_value.p50",
        lambda value: value + 1,
        "roi_case.result.roi.net_present_value.p50",
    ),
    "a year": (
        "roi_case.result.cash_flow.1.net",
        lambda value: value + 1,
        "roi_case.result.cash_flow[1].net",
    ),
    "currency": ("roi_case.result.currency", "USD", "roi_case.result.currency"),
    "an input": ("roi_case.inputs.case.periods", lambda years: years + 1, "roi_case.input_digest"),
    "scenario": ("roi_case.is_scenario_only", True, "roi_case.is_scenario_only"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_changed_is_named_even_where_the_code_was_made_to_fit(content, what):
    way, value, named = ALTERED[what]
    found = verify_evidence(signed(changed(content, way, value)))
    assert found.outcome is Outcome.DIFFERS
    assert outcomes(found)["content"] is Outcome.SAME
    assert named in places(found)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        ("grade", "A"),
        ("verdict", "suggestive"),
        ("study.number", 7),
        ("study.input_digest", "0" * 64),
        ("case.parameters.0.args.0", lambda value: value + 1),
    ],
)
def test_the_value_of_another_study_does_not_pass(content, way, value):
    """With a digest and figures that fit it: only the study beside it says otherwise."""
    case = changed(content["roi_case"], f"inputs.{way}", value)
    case["input_digest"] = digest_of(case["inputs"], version=1)
    case["result"] = verifying.roi_figures(case["inputs"])
    found = verify_evidence(signed({**content, "roi_case": case}))
    assert outcomes(found)["money"] is Outcome.DIFFERS
    assert all(place.startswith("roi_case.inputs") for place in places(found)), places(found)


@pytest.mark.parametrize("way", ["plan", "study", "study.inputs", "study.finding", "roi_case.result.roi"])
@pytest.mark.parametrize("value", [{}, [], "x", 7])
def test_parts_that_are_gone_differ_and_stop_nothing(content, way, value):
    found = verify_evidence(signed(changed(content, way, value)))
    assert found.outcome is Outcome.DIFFERS
    assert len(found.steps) == 5


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"7", b"{}", b'{"schema": "else/1"}']
)
def test_evidence_that_is_no_content_of_ours_is_refused(text):
    with pytest.raises(UnreadableDocument):
        verify_evidence(Attached(code="AAAA-BBBB-CCCC-DDDD", content=text, identifier=""))


@pytest.mark.django_db
@pytest.mark.usefixtures("short")
def test_a_document_that_was_made_passes(ada):
    report = made_report(ada, proved(ada), language="zh-hans", paper="letter")
    found = verify_file(Path(report.file.path))
    assert (found.code, found.digest) == (report.verification_code, report.content_digest)
    assert set(outcomes(found).values()) == {Outcome.SAME}


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paper(content) -> bytes:
    """A page with the evidence, drawn as every document is."""
    attached = signed(content)
    evidence = Evidence(name=f"evidence-{attached.code}.json", description="x", content=attached.content)
    head = '<meta name="generator" content="cxprogram">'
    digest = digest_of(content, version=1)
    return render_pdf(page("<h1>One</h1>", head), evidence=evidence, identifier=digest, moment=MOMENT).content


@pytest.fixture
def stored(paper, tmp_path) -> Callable[..., Path]:
    """The document as a file, after something was done to it."""

    def store(act: Callable[[pikepdf.Pdf], None] | None = None, **wishes: Any) -> Path:
        target = tmp_path / "document.pdf"
        if act is None:
            target.write_bytes(paper)
            return target
        with pikepdf.open(io.BytesIO(paper)) as pdf:
            act(pdf)
            pdf.save(target, **wishes)
        return target

    return store


def refused(path: Path, status: int) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("verify_report", str(path))
    assert refusal.value.returncode == status
    text = str(refusal.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    return text


def test_the_command_needs_no_database_and_says_what_it_found(stored, capsys):
    call_command("verify_report", str(stored()))  # no mark: a query would fail this test
    said = capsys.readouterr().out
    assert said.endswith("Nothing was altered.\n")
    assert [line.split()[:2] for line in said.splitlines()[1:-1]] == [
        [name, "same"] for name in ("content", "plan", "inputs", "effect", "money")
    ]


def test_a_file_saved_again_by_another_program_is_still_the_document(stored, capsys):
    call_command("verify_report", str(stored(lambda pdf: None, linearize=True)))
    assert "Nothing was altered." in capsys.readouterr().out


def test_a_changed_figure_in_the_attachment_is_named(stored, capsys):
    def double(pdf: pikepdf.Pdf) -> None:
        (name,) = pdf.attachments
        content = json.loads(pdf.attachments[name].get_file().read_bytes())
        text = canonical_text(changed(content, "study.finding.effect.value", lambda value: value * 2))
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, text.encode(), filename=name)

    assert refused(stored(double), 1).endswith("is not as it was created: content, effect, money.")
    said = capsys.readouterr().out
    assert "study.finding.effect.value: the document says 23.596" in said
    assert "identifier of the file" in said


def test_what_is_no_document_of_ours_is_told_apart(stored, tmp_path):
    assert "cannot be read" in refused(tmp_path / "missing.pdf", 2)
    assert "cannot be read" in refused(tmp_path, 2)
    text = tmp_path / "text.pdf"
    text.write_text("No PDF at all")
    assert "is not a PDF" in refused(text, 2)
    assert "has lost its attached evidence" in refused(stored(lambda pdf: pdf.attachments.clear()), 2)

    def strange(pdf: pikepdf.Pdf) -> None:
        pdf.attachments.clear()
        del pdf.docinfo["/Creator"]

    assert "is not a document of cxprogram" in refused(stored(strange), 2)

    def two(pdf: pikepdf.Pdf) -> None:
        name = "evidence-AAAA-BBBB-CCCC-DDDD.json"
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, b"{}", filename=name)

    assert "has 2 attachments" in refused(stored(two), 2)
    locked = pikepdf.Encryption(owner="o", user="u")
    assert "locked with a password" in refused(stored(lambda pdf: None, encryption=locked), 2)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.99])
def test_half_a_file_is_never_the_document(paper, tmp_path, part):
    half = tmp_path / "half.pdf"
    half.write_bytes(paper[: int(len(paper) * part)])
    assert "is broken" in refused(half, 2)


def test_a_file_too_large_for_a_document_is_not_opened(stored, monkeypatch):
    monkeypatch.setattr("reports.pdf.reading._MOST", 100)
    assert "documents have at most 100" in refused(stored(), 2)
