"""Notices of letters that came back, after the shapes in which mail servers write them."""

MARK = "X-Survey-Letter"


def headers(mark="", message_id="", to="ana@example.com"):
    lines = ["From: Northwind <survey@northwind.example>", f"To: {to}", "Subject: How did we do?"]
    lines += [f"Message-ID: <{message_id}>"] if message_id else []
    lines += [f"{MARK}: {mark}"] if mark else []
    return "\n".join(lines)


def report(
    *,
    sender="MAILER-DAEMON@mx.example.net (Mail Delivery System)",
    words="I'm sorry to have to inform you that your message could not be delivered.",
    per_message="Reporting-MTA: dns; mx.example.net",
    per_recipient="Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: 5.1.1",
    returned="",
    returned_type="message/rfc822",
    report_type="delivery-status",
    extra="",
):
    """multipart/report; the pieces are those of one server."""
    parts = [
        f"Content-Type: text/plain; charset=us-ascii\n\n{words}\n",
        f"Content-Type: message/delivery-status\n\n{per_message}\n\n{per_recipient}\n",
    ]
    if returned:
        body = "\n\nHow likely is it that you recommend us?\n" if returned_type == "message/rfc822" else "\n"
        parts.append(f"Content-Type: {returned_type}\n\n{returned}{body}")
    joined = "".join(f"--=_edge\n{part}" for part in parts)
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: survey@northwind.example\nSubject: Undelivered Mail\n"
        f"Message-ID: <notice-1@mx.example.net>\nDate: Mon, 30 Nov 2026 10:00:00 +0000\n{extra}"
        f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={report_type}; boundary="=_edge"\n\n'
        f"{joined}--=_edge--\n"
    ).encode()


def postfix(returned, status="5.1.1", action="failed", address="ana@example.com"):
    code = {"5": "550", "4": "451"}[status[0]]
    return report(
        words=f"<{address}>: host mx.example.com[192.0.2.7] said: {code} {status} <{address}>: Recipient "
        "address rejected (in reply to RCPT TO command)",
        per_message="Reporting-MTA: dns; mx.example.net\nX-Postfix-Queue-ID: 4F2",
        per_recipient=f"Final-Recipient: rfc822; {address}\nOriginal-Recipient: rfc822;{address}\n"
        f"Action: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; mx.example.com\nDiagnostic-Code: smtp; {code} {status} rejected",
        returned=returned,
        extra="Auto-Submitted: auto-replied\n",
    )


def exchange(returned):
    return report(
        sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@northwind.example>",
        words="Your message couldn't be delivered. Recipient not found by SMTP address lookup",
        per_message="Reporting-MTA: dns;AM0PR04MB1234.eurprd04.prod.outlook.com",
        per_recipient="Final-Recipient: rfc822;ana@example.com\nAction: failed\nStatus: 5.1.10\n"
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        returned=returned,
        returned_type="text/rfc822-headers",
    )


def gmail(returned, status="5.2.2"):
    return report(
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        words="** Address not found **\n\nYour message wasn't delivered to ana@example.com.",
        per_message="Reporting-MTA: dns; googlemail.com",
        per_recipient=f"Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 552-{status} The email account that you tried to reach is over quota.",
        returned=returned,
        extra="X-Failed-Recipients: ana@example.com\nAuto-Submitted: auto-replied\n",
    )


def sendmail(returned):
    return report(
        sender="Mail Delivery Subsystem <MAILER-DAEMON@host.example.net>",
        words="----- The following addresses had permanent fatal errors -----\n<ana@example.com>\n"
        "    (reason: 550 5.7.1 <ana@example.com>... Access denied)",
        per_message="Reporting-MTA: dns; host.example.net\nReceived-From-MTA: DNS; app.example.net",
        per_recipient="Final-Recipient: RFC822; ana@example.com\nAction: failed\nStatus: 5.7.1\n"
        "Diagnostic-Code: SMTP; 550 5.7.1 Access denied\nLast-Attempt-Date: Mon, 30 Nov 2026 09:59:58 GMT",
        returned=returned,
        returned_type="text/rfc822-headers",
    )


def expired(returned):
    """The server has tried for days and gives up."""
    return report(
        per_recipient="Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: 4.4.7\n"
        "Diagnostic-Code: smtp; 451 4.4.7 Message expired",
        returned=returned,
    )


def plain(text, *, sender="MAILER-DAEMON@mail.example.net", extra=""):
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: survey@northwind.example\nSubject: failure notice\n"
        f"Message-ID: <notice-2@mail.example.net>\nDate: Mon, 30 Nov 2026 10:00:00 +0000\n{extra}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    ).encode()


def exim(returned, address="ana@example.com"):
    return plain(
        "This message was created automatically by mail delivery software (exim 4.94.2).\n\n"
        f"A message that you sent could not be delivered.\n\n  {address}\n    host mx.example.com\n"
        f"    SMTP error from remote mail server after RCPT TO:<{address}>:\n    550 5.1.1 User unknown\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{returned}\n",
        extra=f"X-Failed-Recipients: {address}\nAuto-Submitted: auto-replied\n",
    )


def old_words(returned, code="550"):
    """Fields of a report in the text, without a form."""
    return plain(
        f"Hi. This is the mail program at mail.example.net.\n\n"
        "Final-Recipient: rfc822; ana@example.com\n"
        f"Remote host said: {code} sorry, no mailbox here by that name\n\n--- Below is a copy.\n\n{returned}"
    )
