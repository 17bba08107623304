"""What the lists of the API can be narrowed to, as its document says it."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from customer_voice.choices import Consent, CustomerState, Span

_ACCOUNT = OpenApiParameter("account", str, description="Reference or name of a customer account.")

FEEDBACK = [
    OpenApiParameter(
        "q", str, description="Words of the comment, the ID in its source, or the reference of a customer."
    ),
    OpenApiParameter("words", bool, description="true: only with a comment."),
    OpenApiParameter("metric", str, description="Key of a metric, in all its versions."),
    OpenApiParameter("touchpoint", str, description="Key of a touchpoint."),
    OpenApiParameter("segment", str),
    OpenApiParameter("channel", str, description="Its name."),
    OpenApiParameter("score_from", float),
    OpenApiParameter("score_to", float, description="Included."),
    OpenApiParameter(
        "span", str, enum=Span.values, description="Quarters and years as the organization's settings say."
    ),
    OpenApiParameter("start", OpenApiTypes.DATE),
    OpenApiParameter("end", OpenApiTypes.DATE, description="Not included."),
    _ACCOUNT,
    OpenApiParameter("contact", int, description="Id of a contact."),
    OpenApiParameter("batch", int, description="Id of an import."),
    OpenApiParameter("survey", int, description="Id of a customer survey."),
]
ACCOUNTS = [
    OpenApiParameter("q", str, description="In name or reference."),
    OpenApiParameter("segment", str),
    OpenApiParameter("tag", str),
    OpenApiParameter("state", str, enum=CustomerState.values),
    OpenApiParameter("external_reference", str),
]
CONTACTS = [
    OpenApiParameter("q", str, description="In name, address or reference."),
    _ACCOUNT,
    OpenApiParameter("consent", str, enum=Consent.values),
    OpenApiParameter("archived", bool, description="true: archived ones only; false: those that are not."),
    OpenApiParameter("external_reference", str),
]
