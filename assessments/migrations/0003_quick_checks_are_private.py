"""Quick checks taken alone belong to who took them; generated names go; results that others replaced step back."""

import re
from datetime import timedelta

from django.db import migrations

PREFIXES = ("Quick check, ", "快速自查，")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SLACK = (timedelta(days=-1), timedelta(0), timedelta(days=1))  # the day was that of the organization's zone


def is_generated(title, opened_at):
    """Whether the product wrote this name: its words and the very day on which the round was opened."""
    prefix = next((item for item in PREFIXES if title.startswith(item)), None)
    if prefix is None:
        return False
    rest = title.removeprefix(prefix)
    numbers = sorted(int(number) for number in re.findall(r"\d+", rest))
    for moment in (opened_at + slack for slack in SLACK):
        if numbers == sorted([moment.year, moment.month, moment.day]):
            return True
        if numbers == sorted([moment.year, moment.day]) and MONTHS[moment.month - 1] in rest.lower():
            return True
    return False


def forwards(apps, schema_editor):
    assessment_model = apps.get_model("assessments", "Assessment")
    response_model = apps.get_model("assessments", "Response")
    result_model = apps.get_model("assessments", "MaturityResult")
    for assessment in assessment_model.objects.filter(framework__kind="quick").iterator():
        if not is_generated(assessment.title, assessment.opened_at):
            continue
        seats = response_model.objects.filter(assessment_id=assessment.pk)
        assessment.is_private = list(seats.values_list("member_id", flat=True)) == [assessment.opened_by_id]
        assessment.title = ""
        assessment.save(update_fields=["is_private", "title"])
    latest = {}
    for result in result_model.objects.order_by("assessment_id", "-sequence").iterator():
        answers = result.inputs.get("answers")
        if answers != latest.setdefault(result.assessment_id, answers):
            result.is_superseded = True
            result.save(update_fields=["is_superseded"])


class Migration(migrations.Migration):
    dependencies = [("assessments", "0002_rounds_keep_people_apart")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
