"""The stored profile as the frozen object it was, and words in the reader's language."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.content import Framework, localized
from assessments.importers import published_content
from assessments.models import FrameworkVersion, MaturityResult
from cxstats.codec import decoded
from cxstats.errors import Reason
from cxstats.maturity import MaturityProfile, Standing
from questionnaires.wording import Text
from wording.refusals import Asked, refusal_text


def framework_of(version: FrameworkVersion) -> Framework:
    """The content of a published version. No query."""
    return published_content(version.digest, version.content)


def maturity_profile_of(result: MaturityResult) -> MaturityProfile:
    """The profile exactly as it was stored at the closing; nothing is computed again. No query.

    It holds groups of one person: what leaves the server is `disclosure.published_profile`.
    """
    profile: MaturityProfile = decoded(MaturityProfile, result.profile)
    return profile


def said(text: Text) -> str:
    """The text in the reader's language, English where there is none."""
    return localized(text, get_language())


def no_level_text(standing: Standing) -> str:
    """Why this has no level: of answers that carry none, as they were given."""
    reason = standing.refusal or Reason.NO_DATA
    if reason is Reason.NOT_KNOWN and standing.answers.not_applicable:
        return _("No one gave a level: some said “don't know”, others “does not apply”.")
    return refusal_text(reason, Asked.LEVEL)
