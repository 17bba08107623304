"""Voting, and what waits for me."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition import selectors, services
from coalition.access import initiative_for
from coalition.errors import VersionChanged
from coalition.forms import VoteForm
from coalition.models import Initiative, Seat
from coalition.views.absorbing import absorb
from common.errors import DomainError


@require_GET
@member_view(Action.VIEW)
def waiting(request: MemberRequest) -> HttpResponse:
    return render(request, "coalition/waiting.html", {"waiting": selectors.votes_waiting_for(request.member)})


@require_http_methods(["GET", "POST"])
@member_view(Action.VIEW)
def vote(request: MemberRequest, number: int) -> HttpResponse:
    action = Action.VOTE if request.method == "POST" else Action.VIEW
    initiative = initiative_for(request.member, number, action)
    page = selectors.vote_page(initiative, request.member)
    if page is not None and services.settle_if_ripe(initiative, page.standing):
        page = None
    if page is None and request.method == "GET":
        messages.info(request, _("This vote is over."))
        return redirect("coalition:initiative_detail", request.organization.slug, number)
    if page is None:
        return _too_late(request, initiative, services.over_text(initiative))
    seat = page.seat_of(request.POST.get("seat") or request.GET.get("seat", ""))
    form = VoteForm(
        request.POST or None, seats=_seats(page), words=_seat_words(page), initial=_initial(page, seat)
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            standing = services.cast_vote(by=request.member, initiative=initiative, **form.cleaned_data)
        except DomainError as error:
            page = selectors.vote_page(initiative, request.member)
            if page is None:
                return _too_late(request, initiative, str(error.message))
            if isinstance(error, VersionChanged):
                form.rebase(page.standing.round.revision.digest)
            status = absorb(form, error)
        else:
            messages.success(request, _said(standing))
            return redirect("coalition:initiative_detail", request.organization.slug, number)
    return _vote_page(request, initiative, page, form, status)


@require_POST
@member_view(Action.VOTE)
def vote_close(request: MemberRequest, number: int) -> HttpResponse:
    initiative = initiative_for(request.member, number, Action.VOTE)
    services.close_vote(by=request.member, initiative=initiative)
    messages.success(request, _("The vote is closed and the decision recorded."))
    return redirect("coalition:initiative_detail", request.organization.slug, number)


def _vote_page(
    request: MemberRequest,
    initiative: Initiative,
    page: selectors.VotePage,
    form: VoteForm,
    status: int,
) -> HttpResponse:
    plan = selectors.plan_of(initiative)
    seat = page.seat_of(form["seat"].value())
    context = {
        "initiative": initiative,
        "plan": plan,
        "plan_words": selectors.plan_words(plan),
        "page": page,
        "seat": seat,
        "refusal": page.refusal_of(request.GET.get("seat", "")) if request.method == "GET" else "",
        "said": page.said_for(seat),
        "alternate": page.alternate_for(seat),
        "form": form,
        "visibility": selectors.visibility(initiative),
        "touchpoints": initiative.touchpoints.all(),
        "milestones": initiative.milestones.all(),
    }
    return render(request, "coalition/vote.html", context, status=status)


def _too_late(request: MemberRequest, initiative: Initiative, why: str) -> HttpResponse:
    """Nothing was recorded; what was typed is shown, so that it can be told to the owner."""
    context = {"initiative": initiative, "why": why, "typed": request.POST.get("comment", "")}
    return render(request, "coalition/vote_over.html", context, status=409)


def _seats(page: selectors.VotePage) -> tuple[Seat, ...]:
    return tuple(vote.seat for vote in page.standing.votes)


def _seat_words(page: selectors.VotePage) -> dict[str, str]:
    """For whom a vote for each seat is, in words that stand alone."""
    words = {}
    for vote in page.standing.votes:
        seat = vote.seat
        own = seat.membership_id == page.member.pk
        text = _("%(title)s, your own") if own else _("%(title)s, as the alternate of %(name)s")
        if own or (vote.stand_in is not None and vote.stand_in.pk == page.member.pk):
            words[str(seat.pk)] = text % {"title": seat.title, "name": seat.membership}
    return words


def _initial(page: selectors.VotePage, seat: Seat | None) -> dict[str, object]:
    """What was said for this seat so far, and nothing of another."""
    said = page.said_for(seat)
    return {
        "revision_digest": page.standing.round.revision.digest,
        "choice": said.choice if said else None,
        "comment": said.comment if said else "",
        "seat": seat.pk if seat else None,
    }


def _said(standing: selectors.RoundStanding) -> str:
    outcome = standing.tally.outcome
    if outcome is not None:
        return _("Your vote is recorded, and it decided: %(outcome)s.") % {"outcome": outcome.label}
    return _("Your vote is recorded. %(standing)s.") % {"standing": standing.sentence}
