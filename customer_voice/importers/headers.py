"""Which column is which, guessed from its name."""

from collections.abc import Sequence

from customer_voice.choices import ImportField
from tabular.headers import guess_columns

# names as exports of usual systems write them; the first field that matches exactly wins, then parts
_NAMES: dict[ImportField, tuple[str, ...]] = {
    ImportField.EXTERNAL_ID: (
        "external id", "id", "answer id", "response id", "responseid", "ticket id", "case id", "case number",
        "incident", "number", "ticket", "case", "feedback id", "编号", "工单号",
    ),
    ImportField.OPENED_AT: ("opened at", "opened", "created at", "open date", "sys created on", "创建时间"),
    ImportField.RESOLVED_AT: ("resolved at", "resolved", "solved at", "resolution date", "解决时间"),
    ImportField.OCCURRED_AT: (
        "occurred at", "date", "response date", "submitted at", "answered at", "timestamp", "recorded date",
        "completed at", "time", "日期", "时间",
    ),
    ImportField.TOUCHPOINT: (
        "touchpoint", "touch point", "contact type", "journey", "stage", "location", "store", "触点",
    ),
    ImportField.SCORE: (
        "score", "rating", "nps", "csat", "ces", "osat", "answer", "stars", "amount",
        "评分", "得分",
    ),
    ImportField.TEXT: (
        "text", "comment", "comments", "verbatim", "feedback", "review", "reason", "message", "评论", "意见",
    ),
    ImportField.CUSTOMER: ("customer", "customer id", "account", "account id", "company", "client", "客户"),
    ImportField.ACCOUNT: ("customer account", "account", "account id", "company", "客户公司"),
    ImportField.SEGMENT: ("segment", "tier", "plan", "customer type", "region", "priority", "客户群"),
    ImportField.CHANNEL: ("channel", "medium", "渠道"),
    ImportField.EXPOSURE: ("exposure", "base", "volume", "基数"),
    ImportField.REOPENED_COUNT: ("reopened count", "reopen count", "reopenings", "重开次数"),
}  # fmt: skip


def guess_mapping(header: Sequence[str]) -> dict[str, str]:
    """Field -> column name, for the columns whose names say what they are. No column twice."""
    return guess_columns(header, {field.value: words for field, words in _NAMES.items()})
