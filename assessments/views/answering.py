"""Answering: one dimension at a time, saved as it is typed, handed in once."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from assessments import selectors, services
from assessments.access import seat_for
from assessments.choices import Confidence
from assessments.errors import AlreadySubmitted, NotAnAnswerPossible, RoundClosed
from assessments.forms import typed_answer
from assessments.models import Answer, Response
from common.errors import InvalidValues
from wording.joining import sentences

NEXT = "next"


@require_GET
@member_view(Action.ANSWER_ASSESSMENT)
def answer_start(request: MemberRequest, pk: int) -> HttpResponse:
    """To the first dimension with something to answer; with nothing left, to the review."""
    seat = seat_for(request.member, pk)
    if not seat.assessment.is_open:
        return redirect("assessments:assessment_detail", request.organization.slug, pk)
    dimension = None if seat.is_submitted else selectors.first_open_dimension(seat)
    if dimension is None:
        return redirect("assessments:answer_review", request.organization.slug, pk)
    return redirect("assessments:answer_dimension", request.organization.slug, pk, dimension)


@require_http_methods(["GET", "POST"])
@member_view(Action.ANSWER_ASSESSMENT)
def answer_dimension(request: MemberRequest, pk: int, dimension: str) -> HttpResponse:
    seat = seat_for(request.member, pk)
    if not seat.assessment.is_open or seat.is_submitted:
        return redirect("assessments:answer_review", request.organization.slug, pk)
    page = _dimension_page(seat, dimension)
    if request.method == "POST":
        problems = _keep_all(request, seat, page)
        page = _dimension_page(seat, dimension)
        if not problems:
            return _onward(request, pk, page)
        context = {
            "page": page,
            "problems": problems,
            "confidences": Confidence.choices,
            "start": next(iter(problems)),
            "wrong": selectors.problem_links(page, problems),
            "wrong_title": selectors.in_words(_("Some answers need your attention:")),
        }
        return render(request, "assessments/answer_dimension.html", context, status=422)
    context = {"page": page, "confidences": Confidence.choices, "start": page.start}
    return render(request, "assessments/answer_dimension.html", context)


@require_POST
@member_view(Action.ANSWER_ASSESSMENT)
def answer_save(request: MemberRequest, pk: int, practice: str) -> HttpResponse:
    """One practice, saved by itself while the person goes on; answers with the state of saving."""
    seat = seat_for(request.member, pk)
    problem = ""
    try:
        _keep(request, seat, practice)
    except (NotAnAnswerPossible, RoundClosed, AlreadySubmitted) as error:
        problem = sentences(str(text) for text in error.fields.values()) or str(error.message)
    try:
        dimension = selectors.framework_of(seat.assessment.framework).dimension_of(practice)
    except KeyError as error:
        raise Http404 from error
    page = selectors.answering_page(seat, dimension.key)
    card = next(card for card in page.cards if card.key == practice)
    context = {"page": page, "card": card, "problem": problem, "is_update": True}
    status = 422 if problem else 200
    return render(request, "assessments/answer_dimension.html#saved", context, status=status)


@require_GET
@member_view(Action.ANSWER_ASSESSMENT)
def answer_review(request: MemberRequest, pk: int) -> HttpResponse:
    return _review(request, seat_for(request.member, pk))


@require_POST
@member_view(Action.ANSWER_ASSESSMENT)
def answer_submit(request: MemberRequest, pk: int) -> HttpResponse:
    seat = seat_for(request.member, pk)
    try:
        result = services.submit_response(by=request.member, response=seat)
    except InvalidValues as error:
        return _review(request, seat, problems=dict(error.fields), refusal=str(error.message))
    if result is not None:
        return redirect("assessments:result_detail", request.organization.slug, pk)
    messages.success(request, _("Thank you. Your answers are submitted."))
    return redirect("assessments:assessment_detail", request.organization.slug, pk)


@require_POST
@member_view(Action.ANSWER_ASSESSMENT)
def answer_change(request: MemberRequest, pk: int) -> HttpResponse:
    seat = seat_for(request.member, pk)
    services.take_back_response(by=request.member, response=seat)
    messages.success(request, _("You can change your answers now. Submit them again when you are done."))
    return redirect("assessments:answer_review", request.organization.slug, pk)


def _dimension_page(seat: Response, dimension: str) -> selectors.AnsweringPage:
    try:
        return selectors.answering_page(seat, dimension)
    except KeyError as error:
        raise Http404 from error


def _keep(request: MemberRequest, seat: Response, practice: str) -> Answer:
    typed = typed_answer(request.POST, practice)
    return services.save_answer(
        response=seat,
        practice=typed.practice,
        status=typed.status,
        level=typed.level,
        confidence=typed.confidence,
        comment=typed.comment,
        evidence_url=typed.evidence_url,
    )


def _keep_all(request: MemberRequest, seat: Response, page: selectors.AnsweringPage) -> dict[str, str]:
    """Save each practice of the page on its own: one refusal does not lose the others.

    Who goes on says why a practice does not apply; who goes back or away for now may say it later.
    """
    problems: dict[str, str] = {}
    goes_on = request.POST.get("go", "") in {"", NEXT, "review", page.following}
    for card in page.cards:
        if card.saved_at is None and typed_answer(request.POST, card.key).is_untouched:
            continue
        try:
            unexplained = services.without_reason(_keep(request, seat, card.key))
            if goes_on and unexplained:
                problems[card.key] = unexplained
        except NotAnAnswerPossible as error:
            problems[card.key] = sentences(str(text) for text in error.fields.values())
    return problems


def _onward(request: MemberRequest, pk: int, page: selectors.AnsweringPage) -> HttpResponse:
    """Where the pressed button leads: another dimension, the review, or away for now.

    Enter in a field presses none of them: it goes on when this part is answered, else to its first open
    question.
    """
    wanted: str | None = request.POST.get("go") or NEXT
    if wanted == NEXT and page.first_open is not None:
        here = reverse("assessments:answer_dimension", args=[request.organization.slug, pk, page.dimension])
        return redirect(f"{here}#choice-{page.first_open}")
    if wanted == NEXT:
        wanted = page.following
    if wanted == "later":
        messages.success(request, _("Saved. You can continue at any time."))
        return redirect("assessments:assessment_detail", request.organization.slug, pk)
    if wanted in {step.key for step in page.steps}:
        return redirect("assessments:answer_dimension", request.organization.slug, pk, wanted)
    return redirect("assessments:answer_review", request.organization.slug, pk)


def _review(
    request: MemberRequest, seat: Response, *, problems: dict[str, object] | None = None, refusal: str = ""
) -> HttpResponse:
    page = selectors.review_page(seat)
    context = {
        "page": page,
        "assessment": seat.assessment,
        "seat": seat,
        "problems": problems or {},
        "first_problem": _first(page, problems or {}),
        "refusal": refusal,
    }
    return render(request, "assessments/answer_review.html", context, status=422 if refusal else 200)


def _first(page: selectors.ReviewPage, problems: dict[str, object]) -> str:
    """The first practice with a problem, in the order of the page."""
    return next((card.key for group in page.groups for card in group.cards if card.key in problems), "")
