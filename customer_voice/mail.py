"""Letters that ask customers: plain text, short, one link, and a way out in each."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from common.text import one_line
from customer_voice import survey_content as plain
from customer_voice.models import CustomerSurvey, SurveyInvitation
from customer_voice.survey_texts import phrase
from questionnaires.forms import language_among
from questionnaires.wording import said_in

LETTER_HEADER = "X-Survey-Letter"  # by it a letter that comes back is known


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    subject: str
    body: str
    headers: dict[str, str]


def survey_letter(
    survey: CustomerSurvey, invitation: SurveyInvitation, secret: str, *, is_reminder: bool
) -> Draft:
    """In the language of the person, else of the survey. No query: survey and organization are there."""
    content = plain.survey_content(survey.content)
    language = language_among(content, invitation.language)
    organization = survey.organization.name
    site = settings.SITE_URL.rstrip("/")
    link = site + reverse("ask:invited", args=[survey.public_id, secret])
    stop = site + reverse("ask:stop", args=[survey.public_id, secret])
    context = {
        "name": invitation.name,
        "title": said_in(content.title, language, default=content.default_language).text,
        "intro": said_in(content.intro, language, default=content.default_language).text,
        "question": said_in(
            content.question(plain.SCORE).text, language, default=content.default_language
        ).text,
        "answer_here": phrase("letter_open", language).text,
        "link": link,
        "no_more": phrase("letter_no_more", language, organization=organization).text,
        "stop": stop,
        "privacy": phrase("privacy", language).text,
        "privacy_url": survey.privacy_url,
    }
    subject = phrase(
        "letter_reminder" if is_reminder else "letter_subject", language, organization=organization
    )
    return Draft(
        subject=one_line(subject.text),
        body=render_to_string("customer_voice/mail/survey.txt", context),
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            LETTER_HEADER: str(invitation.pk),
        },
    )
