"""Tables of a page: sorted and paged as the address says, in pages of a length that the page decides."""

from typing import Any

import django_tables2 as tables
from django.core.paginator import EmptyPage
from django.http import HttpRequest

PER_PAGE = 25
MOST_DIGITS = 9  # of a page number


def show_page(request: HttpRequest, table: tables.Table, *, per_page: int = PER_PAGE, **more: Any) -> None:
    """Sort `table` by `?sort=` and show the page `?page=`; `more` goes to its paginator.

    How many rows a page has is nobody's to say in an address: a page of 5,000 rows takes a process for half a
    minute. What is no number shows the first page, what is beyond the last one shows the last.
    """
    table.request = request
    order_by = request.GET.getlist(table.prefixed_order_by_field)
    if order_by:
        table.order_by = order_by
    wanted = request.GET.get(table.prefixed_page_field, "")
    is_number = wanted.isascii() and wanted.isdecimal() and 0 < len(wanted) <= MOST_DIGITS
    try:
        table.paginate(page=int(wanted) if is_number else 1, per_page=per_page, **more)
    except EmptyPage:
        last = table.paginator.num_pages if is_number and int(wanted) else 1
        table.page = table.paginator.page(last)
