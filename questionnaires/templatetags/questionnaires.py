"""Texts of a questionnaire in a template: marked with their language where it is not that of the page."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from questionnaires.wording import Said

register = template.Library()


@register.simple_tag
def said(text: Said, language: str) -> SafeString:
    """The text, escaped. `language` is that of the surroundings."""
    if not text.text or text.language == language:
        return conditional_escape(text.text)
    return format_html('<span lang="{}" dir="{}">{}</span>', text.language, text.direction, text.text)
