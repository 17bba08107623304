"""Contacts: the list, one person, the form, merging, erasing and handing out what is known."""

import json
from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.downloads import about_file, give_out, offers, refuse_unreadable_filters
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from accounts.services import record_download
from common.errors import DomainError
from common.listing import PER_PAGE, show_page
from customer_voice import customer_pages, exports, services
from customer_voice.access import account_by_id, contact_by_id, contacts_for, feedback_for
from customer_voice.choices import Consent, CustomerKind
from customer_voice.filters import ContactFilter
from customer_voice.forms.customers import ContactEraseForm, ContactForm, contact_values
from customer_voice.models import Contact
from customer_voice.selectors.customers import account_choices, contact_rows, invitations_to, unsubscribed
from customer_voice.selectors.personal_data import contact_data
from customer_voice.tables import MOST_COUNTED, CappedPaginator, ContactTable
from customer_voice.views.customers import EDIT, merging

ERASE = Action.ERASE_FEEDBACK


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def contact_list(request: MemberRequest) -> HttpResponse:
    """Those in use, as long as nobody asks for the archived ones."""
    found = _filtered(request)
    table = ContactTable(contact_rows(found.qs), organization_slug=request.organization.slug)
    show_page(request, table, paginator_class=CappedPaginator)
    context = {
        "filter": found,
        "table": table,
        "most": MOST_COUNTED,
        "has_any": contacts_for(request.member).filter(erased_at=None).exists(),
        "is_narrowed": any(value for name, value in request.GET.items() if name not in {"sort", "page"}),
        "downloads": request.may(EDIT)
        and offers(
            request,
            "customer_voice:contact_file",
            [(str(CustomerKind.CONTACTS.label), [])],
            filters=found.form.fields,
        ),
    }
    return render(request, "customer_voice/contact_list.html", context)


@require_GET
@member_view(EDIT)
def contact_file(request: MemberRequest, ending: str) -> HttpResponseBase:
    """What the list shows, whole, in the form that the import of lists takes back."""
    found = _filtered(request)
    refuse_unreadable_filters(found.form)
    about = about_file(request, str(CustomerKind.CONTACTS.label), found.form)
    table = exports.contacts_download(found.qs, about=about)
    return give_out(
        request,
        table,
        ending,
        verb="customers.exported",
        subject=request.organization,
        filters=found.form.fields,
        list=CustomerKind.CONTACTS,
    )


def _filtered(request: MemberRequest) -> ContactFilter:
    asked = request.GET.copy()
    asked.setdefault("archived", "false")
    rows = contacts_for(request.member).filter(erased_at=None)
    return ContactFilter(asked, queryset=rows, organization=request.organization)


@require_GET
@member_view(Action.VIEW_FEEDBACK)
def contact_detail(request: MemberRequest, pk: int) -> HttpResponse:
    contact = contact_by_id(request.member, pk)
    letters = invitations_to(contacts_for(request.member).filter(pk=pk)).select_related("letter")
    context = {
        "contact": contact,
        "page": customer_pages.contact_page(contact, letters[:PER_PAGE]),
        "has_said_no": bool(unsubscribed(request.organization, [contact.email])),
        "merges": services.merges_into(contact) if request.may(EDIT) else (),
    }
    return render(request, "customer_voice/contact_detail.html", context)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
@made_once
def contact_new(request: MemberRequest) -> HttpResponse:
    """`account` in the address: a contact of this one."""
    return _contact(request, None)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def contact_edit(request: MemberRequest, pk: int) -> HttpResponse:
    return _contact(request, contact_by_id(request.member, pk, EDIT))


@require_POST
@member_view(EDIT)
def contact_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """What is sent says which way it goes: a second click takes nothing back."""
    contact = contact_by_id(request.member, pk, EDIT)
    is_archived = request.POST.get("to") != "use"
    services.archive_contact(by=request.member, contact=contact, is_archived=is_archived)
    text = _("%(name)s is archived.") if is_archived else _("%(name)s is in use again.")
    messages.success(request, text % {"name": contact})
    return redirect("customer_voice:contact_detail", request.organization.slug, contact.pk)


@require_http_methods(["GET", "POST"])
@member_view(EDIT)
def contact_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """GET with `other` says what would move; POST does it."""
    return merging(request, contact_by_id(request.member, pk, EDIT), kind=CustomerKind.CONTACTS)


@require_http_methods(["GET", "POST"])
@member_view(ERASE)
def contact_erase(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks and names what goes, POST does it."""
    contact = contact_by_id(request.member, pk, ERASE)
    form = ContactEraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.erase_contact(
                by=request.member, contact=contact, removes_rows=form.cleaned_data["scores"] == "remove"
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Everything that named this person is erased."))
            return redirect("customer_voice:contact_list", request.organization.slug)
    context = {
        "contact": contact,
        "form": form,
        "answers": feedback_for(request.member).filter(contact=contact).count(),
        "letters": invitations_to(contacts_for(request.member).filter(pk=pk)).count(),
    }
    status = 422 if form.errors else 200
    return render(request, "customer_voice/contact_erase.html", context, status=status)


@require_GET
@member_view(ERASE)
def contact_export(request: MemberRequest, pk: int) -> HttpResponse:
    """Everything that is known of one person, as a file to hand out."""
    contact = contact_by_id(request.member, pk, ERASE)
    record_download(by=request.member, verb="contact.exported", subject=request.organization)
    text = json.dumps(contact_data(contact), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _contact(request: MemberRequest, contact: Contact | None) -> HttpResponse:
    form = _form(request, contact)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            if contact is None:
                reference = form.cleaned_data["external_reference"]
                saved = services.add_contact(by=request.member, values=values, external_reference=reference)
            else:
                moved = services.change_contact(
                    by=request.member, contact=contact, values=values, corrects_past=form.corrects_past
                )
                saved = moved.contact
                if moved.answers:
                    text = _("%(answers)s moved to the new account.")
                    messages.success(request, text % {"answers": customer_pages.answers_text(moved.answers)})
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": saved})
            if saved.consent == Consent.WITHDRAWN != values.get("consent", Consent.WITHDRAWN):
                messages.warning(request, _("1 left out of surveys: this person said no to them."))
            return redirect("customer_voice:contact_detail", request.organization.slug, saved.pk)
    context = {
        "form": form,
        "row": contact,
        "kind": CustomerKind.CONTACTS,
        "choices": account_choices(request.organization),
    }
    return render(request, "customer_voice/customer_edit.html", context, status=422 if form.errors else 200)


def _form(request: MemberRequest, contact: Contact | None) -> ContactForm:
    initial: dict[str, Any] = {"consent": Consent.UNKNOWN}
    answers, is_out = 0, False
    if contact is None:
        account = request.GET.get("account", "")
        if account.isascii() and account.isdigit() and len(account) < 19:
            of = account_by_id(request.member, int(account))
            initial["account"] = of.external_reference or of.name
    else:
        initial = contact_values(contact)
        rows = feedback_for(request.member).filter(contact=contact, account=contact.account_id)
        answers = rows.count()
        is_out = bool(unsubscribed(request.organization, [contact.email]))
    return ContactForm(
        request.POST or None,
        organization=request.organization,
        contact=contact,
        initial=initial,
        answers=customer_pages.answers_text(answers) if answers else "",
        has_said_no=is_out,
        edits=edits_of(contact, request.organization),
    )
