"""Pages of results of the API."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

_MOST_DIGITS = 9
_LAST = "last"


class Pages(PageNumberPagination):
    """What is no number of a page is refused by name; a page behind the last one is 404, so that whoever
    counts upwards knows where to stop. More rows than `max_page_size` are not given at once."""

    page_size_query_param = "page_size"
    max_page_size = 500

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        wrong = {
            name: ["This is no number from 1."]
            for name in (self.page_query_param, self.page_size_query_param)
            if not _is_number(request.query_params.get(name, ""), or_last=name == self.page_query_param)
        }
        if wrong:
            raise ValidationError(wrong)
        return super().paginate_queryset(queryset, request, view)


def _is_number(text: str, *, or_last: bool) -> bool:
    if not text or (or_last and text == _LAST):
        return True
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) > 0
