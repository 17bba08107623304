"""Where calls of incoming webhooks arrive: no cookie, no page, an answer for programs whatever was sent."""

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.api import plain_problem, problem_body
from customer_voice.access import webhook_by_public_id
from customer_voice.feed_choices import MOST_BODY_BYTES
from customer_voice.services import receive_call, refuse_unread
from customer_voice.services.call_signatures import Answer, too_large_text


@csrf_exempt
@require_POST
def receive(request: HttpRequest, public_id: str) -> HttpResponse:
    """One signed call. 200 taken in, 202 kept, 401 signature, 409 off or used, 413, 422 not readable."""
    webhook = webhook_by_public_id(public_id)
    if webhook is None:
        return plain_problem(code="not_found", title="There is no such webhook.", status_code=404)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:20]) > MOST_BODY_BYTES:
        return _said(refuse_unread(webhook=webhook, status=413, code="too_large", title=too_large_text()))
    try:
        body = request.body
    except UnreadablePostError:
        return _said(
            refuse_unread(webhook=webhook, status=422, code="broken_off", title="The body broke off.")
        )
    headers = {name.lower(): value for name, value in request.headers.items()}
    return _said(receive_call(webhook=webhook, headers=headers, body=body))


def _said(answer: Answer) -> HttpResponse:
    if answer.status < 400:
        body = {
            "code": answer.code,
            "title": answer.title,
            "created": answer.created,
            "updated": answer.updated,
            "removed": answer.removed,
        }
        return JsonResponse(body, status=answer.status)
    told = problem_body(code=answer.code, title=answer.title, status_code=answer.status)
    if answer.reasons:
        told["errors"] = dict(answer.reasons)
    return JsonResponse(told, status=answer.status, content_type="application/problem+json")
