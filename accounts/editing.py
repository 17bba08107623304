"""What a page's form is about: a stored row, whose last change has a name, or a new one that is made once."""

import hashlib
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db import models, transaction
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect

from accounts.http import MemberRequest
from accounts.models import AuditEvent, FormReceipt, Organization
from common.editing import NEW, ONCE, Edits, Stored

LEFT_OUT = frozenset({"csrfmiddlewaretoken"})


def edits_of(row: models.Model | None, organization: Organization, *, verb: str = "") -> Edits:
    """For the form about this row; about a new one where there is none. `verb`: what the trail calls the
    changes that this form makes, where others of the row have nothing to do with it."""
    return NEW if row is None else Stored(who=partial(_last_writer, row, organization, verb))


def _last_writer(row: models.Model, organization: Organization, verb: str) -> str:
    events = AuditEvent.objects.of(organization).filter(
        subject_type=row._meta.label_lower, subject_id=str(row.pk)
    )
    found = (events.filter(verb=verb) if verb else events).first()
    return "" if found is None else str(found.actor_name)


def made_once(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a view under `member_view` whose form makes a row (`NEW`): the same form sent twice, by a double
    click or from a lost page, makes one, and the second answer leads to where the first did.

    Another content with the same token is another form: whoever goes back and changes it makes another row.
    The receipt is written in one transaction with the row; who comes second waits for it.
    """

    @wraps(view)
    def once(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.POST.get(ONCE):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            receipt, is_new = FormReceipt.objects.get_or_create(
                digest=_digest(request), defaults={"organization": request.organization}
            )
            if not is_new:
                return redirect(receipt.location)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirectBase):
                receipt.location = response.url
                receipt.save(update_fields=["location"])
            else:
                receipt.delete()  # nothing was made: what was typed is corrected and sent again
        return response

    return once


def _digest(request: MemberRequest) -> str:
    sent = [(name, values) for name, values in sorted(request.POST.lists()) if name not in LEFT_OUT]
    files = [
        (name, [(file.name, file.size) for file in request.FILES.getlist(name)])
        for name in sorted(request.FILES)
    ]
    return hashlib.sha256(repr((request.member.pk, request.path, sent, files)).encode()).hexdigest()
