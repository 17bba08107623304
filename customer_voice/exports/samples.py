"""Small files that show what an import looks for; they come in as they are."""

from common.spreadsheets import csv_text
from customer_voice.choices import CustomerKind
from customer_voice.exports.customers import ACCOUNT_COLUMNS, CONTACT_COLUMNS


def sample_csv() -> str:
    """A small file that shows what an import looks for; it comes in as it is."""
    return csv_text(
        ("id", "date", "touchpoint", "score", "comment", "segment", "channel"),
        [
            ["R-1001", "2026-01-05", "Website", 9, "Found what I needed at once.", "private", "web"],
            ["R-1002", "2026-01-05", "Hotline", 4, "Twenty minutes in the queue.", "private", "phone"],
            ["R-1003", "2026-01-06", "Hotline", 8, "", "business", "phone"],
            ["R-1004", "2026-01-07", "Website", 10, "Great, thank you.", "business", "web"],
        ],
    )


def customer_sample_csv(kind: str) -> str:
    """A small list that comes in as it is."""
    if kind == CustomerKind.ACCOUNTS:
        return csv_text(
            ACCOUNT_COLUMNS,
            [
                [
                    "A-100",
                    "Harbor Logistics",
                    "Enterprise",
                    184000,
                    "EUR",
                    "2019-04-01",
                    "2027-03-31",
                    "",
                    14,
                    "key; north",
                ],
                [
                    "A-101",
                    "Osei & Partners",
                    "Small business",
                    9600,
                    "EUR",
                    "2022-09-01",
                    "",
                    "2026-02-28",
                    3,
                    "",
                ],
            ],
        )
    return csv_text(
        CONTACT_COLUMNS,
        [
            ["C-100", "Ines Marchetti", "ines@harbor.example", "A-100", "Enterprise", "en", "given"],
            ["C-101", "Tom Adeyemi", "tom@harbor.example", "A-100", "Enterprise", "en", "unknown"],
        ],
    )
