"""Letters of earlier versions were handed over unless their row says otherwise; open surveys keep no
half answers; whoever said no by another door is written down where a new record cannot forget it.
"""

from django.db import migrations
from django.db.models import F, OuterRef, Q, Subquery

from common.digests import digest_of_secret


def note_what_was(apps, schema_editor):
    invitation = apps.get_model("customer_voice", "SurveyInvitation")
    letter = apps.get_model("accounts", "Letter")
    sent = letter.objects.filter(pk=OuterRef("letter"), job_state="done").values("sent_at")[:1]
    written = invitation.objects.filter(letters__gt=0)
    written.filter(letter__job_state="done").update(handed_over_at=Subquery(sent))
    forgotten = Q(letter=None) | Q(letters__gt=1)
    written.filter(forgotten, handed_over_at=None).update(handed_over_at=F("invited_at"))
    apps.get_model("customer_voice", "CustomerSurvey").objects.update(half_answers="none")
    said_no = apps.get_model("customer_voice", "NoMoreSurveys")
    contacts = (
        apps.get_model("customer_voice", "Contact").objects.filter(consent="withdrawn").exclude(email="")
    )
    rows = [
        said_no(organization_id=organization, digest=digest_of_secret(email.strip().lower()))
        for organization, email in contacts.values_list("organization_id", "email")
    ]
    said_no.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_a_letter_knows_its_organization"),
        ("customer_voice", "0019_surveys_second_slice"),
    ]
    operations = [migrations.RunPython(note_what_was, migrations.RunPython.noop)]
