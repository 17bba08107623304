"""The coalition, its charter and its seats."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from coalition import selectors, services
from coalition.access import coalition_for, seat_for
from coalition.errors import CoalitionMissing
from coalition.forms import CharterForm, SeatForm
from coalition.models import Coalition, Seat
from coalition.views.absorbing import absorb, seat_asked
from common.editing import NEW
from common.errors import ConsequencesNotAccepted, DomainError


@require_GET
@member_view(Action.VIEW)
def coalition_detail(request: MemberRequest) -> HttpResponse:
    coalition = coalition_for(request.member, Action.VIEW)
    if coalition is None:
        return render(request, "coalition/coalition_detail.html", {"coalition": None})
    rows = selectors.seats_now(coalition)
    seated = tuple(row.seat for row in rows)
    voting = selectors.voting(rows)
    context = {
        "coalition": coalition,
        "rows": rows,
        "seats": seated,
        "voting": voting,
        "without_vote": len(rows) - voting,
        "past_seats": selectors.past_seats(coalition),
        "coverage": selectors.coverage(request.organization, seated),
    }
    return render(request, "coalition/coalition_detail.html", context)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_COALITION)
def charter_edit(request: MemberRequest) -> HttpResponse:
    coalition = coalition_for(request.member, Action.EDIT_COALITION)
    edits = edits_of(coalition, request.organization)
    form = CharterForm(request.POST or None, coalition=coalition, edits=edits)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.save_charter(by=request.member, values=form.values(), coalition=coalition)
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("coalition:coalition_detail", request.organization.slug)
    context = {"form": form, "coalition": coalition}
    return render(request, "coalition/charter_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_COALITION)
@made_once
def seat_create(request: MemberRequest) -> HttpResponse:
    coalition = _founded(request)
    form = SeatForm(
        request.POST or None, organization=request.organization, initial=seat_asked(request), edits=NEW
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            seat = services.add_seat(by=request.member, coalition=coalition, values=form.values())
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("%(name)s has a seat.") % {"name": seat.membership})
            return redirect("coalition:coalition_detail", request.organization.slug)
    return render(request, "coalition/seat_edit.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_COALITION)
def seat_edit(request: MemberRequest, pk: int) -> HttpResponse:
    seat = seat_for(request.member, pk, Action.EDIT_COALITION)
    edits = edits_of(seat, request.organization)
    form = SeatForm(request.POST or None, organization=request.organization, seat=seat, edits=edits)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        is_accepted = "accepts_consequences" in request.POST
        try:
            services.change_seat(
                by=request.member, seat=seat, values=form.values(), accepts_consequences=is_accepted
            )
        except ConsequencesNotAccepted as error:
            return _seat_page(request, seat, form, status=error.status, to_accept=error.sentences)
        except DomainError as error:
            status = absorb(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("coalition:coalition_detail", request.organization.slug)
    return _seat_page(request, seat, form, status=status)


def _seat_page(
    request: MemberRequest, seat: Seat, form: SeatForm, *, status: int, **more: object
) -> HttpResponse:
    today = request.organization.clock.today()
    context = {
        "form": form,
        "seat": seat,
        "now": selectors.seat_now(seat, today),
        "ending": selectors.votes_without_seat(seat, today).sentences,
        **more,
    }
    return render(request, "coalition/seat_edit.html", context, status=status)


@require_POST
@member_view(Action.EDIT_COALITION)
def seat_end(request: MemberRequest, pk: int) -> HttpResponse:
    seat = seat_for(request.member, pk, Action.EDIT_COALITION)
    is_accepted = "accepts_consequences" in request.POST
    try:
        services.end_seat(by=request.member, seat=seat, accepts_consequences=is_accepted)
    except ConsequencesNotAccepted as error:  # the vote was opened after the page
        edits = edits_of(seat, request.organization)
        form = SeatForm(None, organization=request.organization, seat=seat, edits=edits)
        return _seat_page(request, seat, form, status=error.status, is_refused=True)
    messages.success(request, _("The seat of %(name)s has ended.") % {"name": seat.membership})
    return redirect("coalition:coalition_detail", request.organization.slug)


def _founded(request: MemberRequest) -> Coalition:
    coalition = coalition_for(request.member, Action.EDIT_COALITION)
    if coalition is None:
        raise CoalitionMissing(_("Set up the coalition first, then fill its seats."))
    return coalition
