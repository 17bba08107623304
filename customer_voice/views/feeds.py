"""Feeds: all of them, mailboxes, watched folders."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from customer_voice import services
from customer_voice.access import folder_for, mailbox_for
from customer_voice.forms import FolderChangeForm, FolderForm, MailboxForm
from customer_voice.importers.watched_files import is_watching
from customer_voice.selectors import feeds as selectors

TAKE = Action.IMPORT_FEEDBACK
PER_PAGE = 50


@require_GET
@member_view(TAKE)
def feed_list(request: MemberRequest) -> HttpResponse:
    lists = selectors.feed_lists(request.organization)
    return render(request, "customer_voice/feed_list.html", {"lists": lists, "is_watching": is_watching()})


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
@made_once
def mailbox_new(request: MemberRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None, organization=request.organization, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            box = services.create_mailbox(by=request.member, plan=form.plan())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The mailbox is kept. Try the connection now."))
            return redirect("customer_voice:mailbox_detail", request.organization.slug, box.pk)
    return render(
        request, "customer_voice/mailbox_edit.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def mailbox_detail(request: MemberRequest, pk: int) -> HttpResponse:
    box = mailbox_for(request.member, pk)
    names = ("host", "port", "security", "username", "folder", "channel", "takes_bounces")
    initial = {name: getattr(box, name) for name in names} | {"touchpoint": box.touchpoint_id}
    form = MailboxForm(
        request.POST or None,
        organization=request.organization,
        mailbox=box,
        initial=initial,
        edits=edits_of(box, request.organization, verb="feed.changed"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_mailbox(by=request.member, mailbox=box, plan=form.plan(box.source.name))
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer_voice:mailbox_detail", request.organization.slug, pk)
    context = {"form": form, "mailbox": box, "left_out": selectors.left_out_lines(box)}
    return render(request, "customer_voice/mailbox_edit.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(TAKE)
def mailbox_try(request: MemberRequest, pk: int) -> HttpResponse:
    """Connect now and say what became of it."""
    try:
        count = services.try_mailbox(mailbox=mailbox_for(request.member, pk))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        text = ngettext(
            "The connection works. The folder holds %(number)d message.",
            "The connection works. The folder holds %(number)d messages.",
            count,
        )
        messages.success(request, text % {"number": count})
    return redirect("customer_voice:mailbox_detail", request.organization.slug, pk)


@require_POST
@member_view(TAKE)
def mailbox_switch(request: MemberRequest, pk: int) -> HttpResponse:
    box = mailbox_for(request.member, pk)
    services.switch_mailbox(by=request.member, mailbox=box, is_on=request.POST.get("to") == "on")
    return redirect("customer_voice:mailbox_detail", request.organization.slug, pk)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def mailbox_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks, POST does it."""
    box = mailbox_for(request.member, pk)
    if request.method != "POST":
        return render(request, "customer_voice/feed_remove.html", {"feed": box, "kind": "mailbox"})
    services.remove_mailbox(by=request.member, mailbox=box)
    messages.success(request, _("Removed. What it brought stays."))
    return redirect("customer_voice:feed_list", request.organization.slug)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
@made_once
def folder_new(request: MemberRequest) -> HttpResponse:
    form = FolderForm(request.POST or None, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            folder = services.create_folder(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("customer_voice:folder_detail", request.organization.slug, folder.pk)
    context = {"form": form, "is_watching": is_watching()}
    return render(request, "customer_voice/folder_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def folder_detail(request: MemberRequest, pk: int) -> HttpResponse:
    folder = folder_for(request.member, pk)
    form = FolderChangeForm(
        request.POST or None,
        initial={"replaces_known": folder.replaces_known, "moves_done": folder.moves_done},
        edits=edits_of(folder, request.organization, verb="feed.changed"),
    )
    if request.method == "POST" and form.is_valid():
        services.change_folder(by=request.member, folder=folder, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("customer_voice:folder_detail", request.organization.slug, pk)
    page = Paginator(selectors.files_of(folder), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "folder": folder,
        "page": page,
        "is_watching": is_watching(),
        "is_store": bool(settings.WATCH_BUCKET),
    }
    return render(request, "customer_voice/folder_edit.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(TAKE)
def folder_switch(request: MemberRequest, pk: int) -> HttpResponse:
    folder = folder_for(request.member, pk)
    services.switch_folder(by=request.member, folder=folder, is_on=request.POST.get("to") == "on")
    return redirect("customer_voice:folder_detail", request.organization.slug, pk)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def folder_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks, POST does it."""
    folder = folder_for(request.member, pk)
    if request.method != "POST":
        return render(request, "customer_voice/feed_remove.html", {"feed": folder, "kind": "folder"})
    services.remove_folder(by=request.member, folder=folder)
    messages.success(request, _("Removed. What it brought stays."))
    return redirect("customer_voice:feed_list", request.organization.slug)
