"""The shape of the API's errors: problem details (RFC 9457)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django_filters import FilterSet
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import DomainError


def problem(*, code: str, title: str, status_code: int, errors: Any = None) -> Response:
    """One error, as RFC 9457 wants it, with a stable `code` of ours."""
    body: dict[str, Any] = {
        "type": f"urn:cxprogram:{code}",
        "title": title,
        "status": status_code,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status_code, content_type="application/problem+json")


def strictly_filtered(filters: FilterSet) -> "QuerySet[Any]":
    """The rows that a filter leaves. A screen passes over what it cannot read; a program is told: 422."""
    if not filters.is_valid():
        raise exceptions.ValidationError(filters.errors)
    rows: QuerySet[Any] = filters.qs
    return rows


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of the API. Unknown errors return None and stay 500."""
    response: Response | None = None
    if isinstance(error, DomainError):
        response = problem(
            code=error.code,
            title=str(error.message),
            status_code=error.status,
            errors={name: str(text) for name, text in error.fields.items()},
        )
    elif isinstance(error, Http404):
        response = problem(code="not_found", title="Not found.", status_code=status.HTTP_404_NOT_FOUND)
    elif isinstance(error, PermissionDenied):
        response = problem(code="forbidden", title="Your role does not allow this.", status_code=403)
    elif isinstance(error, exceptions.ValidationError):
        response = problem(
            code="invalid_values", title="Some values cannot be used.", status_code=422, errors=error.detail
        )
    elif isinstance(error, exceptions.APIException):
        response = problem(
            code=str(error.default_code), title=str(error.detail), status_code=error.status_code
        )
        header = getattr(error, "auth_header", None)
        if header:
            response["WWW-Authenticate"] = header
        wait = getattr(error, "wait", None)
        if wait:
            response["Retry-After"] = str(int(wait))
    if response is not None:
        set_rollback()
    return response
