"""What can go wrong with surveys, waves, credentials and slips. Browsers' scripts read the codes."""

from common.errors import DomainError, InvalidValues


class BankInvalid(InvalidValues):
    """A question bank lacks something that surveys rely on."""

    code = "bank_invalid"


class MeaningWouldChange(DomainError):
    """Answers exist: only spelling and translation may be corrected. Copy the survey and change the copy."""

    code = "meaning_would_change"


class WordingToConfirm(DomainError):
    """Other words, of which only a person can say whether they mean the same."""

    code = "wording_to_confirm"


class SurveyArchived(DomainError):
    code = "survey_archived"


class WaveNotInState(DomainError):
    """This needs a wave in another state."""

    code = "wave_not_in_state"


class TooFewPeople(DomainError):
    """Fewer people than the smallest group that may be shown: nobody would be protected."""

    code = "too_few_people"


class PeopleInvalid(InvalidValues):
    """A list of people with rows that cannot be used; nothing of it was taken."""

    code = "people_invalid"


class KeyLost(DomainError):
    """The key that opens the answers is not there."""

    code = "key_lost"


class OwnLine(DomainError):
    """Comments are read first by somebody from outside the line that they come from."""

    code = "own_line"
    status = 403


class Respondent(DomainError):
    """Base of what a respondent is told; says nothing about who asks."""

    code = "refused"


class WaveNotOpen(Respondent):
    code = "wave_not_open"


class KeysAway(Respondent):
    """The signing key cannot be read at present; the browser asks again by itself."""

    code = "keys_away"
    status = 503


class InvitationUnknown(Respondent):
    """No invitation of this wave has this secret."""

    code = "invitation_unknown"
    status = 404


class InvitationUsed(Respondent):
    """The one credential of this invitation was given for another request."""

    code = "invitation_used"


class GroupUnknown(Respondent):
    """The link names another group than that of the invitation, or one that the wave does not have."""

    code = "group_unknown"
    status = 422


class RequestUnreadable(Respondent):
    code = "request_unreadable"
    status = 422


class CredentialInvalid(Respondent):
    """The signature is not one of this group's key."""

    code = "credential_invalid"
    status = 422


class AlreadyAnswered(Respondent):
    """The credential or the slip has let an answer in already."""

    code = "already_answered"


class SlipUnknown(Respondent):
    """No unused slip has this code."""

    code = "slip_unknown"
    status = 422
