"""What an independent validator says of a document."""

import page

PROFILES = ("ua1", "3a")  # PDF/UA-1: for readers with a screen reader; PDF/A-3a: for an archive


def broken_rules(content: bytes) -> list[str]:
    """Every rule of both standards that the document breaks, once, with what is wrong."""
    found: dict[str, str] = {}
    for profile in PROFILES:
        report = page.validate_pdf_bytes(content, profile=profile)
        assert report.rules.total > 100, report.rules  # it has looked
        for failure in report.failures:
            found.setdefault(failure.rule_id, failure.message)
    return [f"{rule}: {message}" for rule, message in sorted(found.items())]
