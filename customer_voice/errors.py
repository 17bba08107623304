"""What can go wrong with metrics, imports and their figures."""

from common.errors import DomainError, InvalidValues


class NotComparable(DomainError):
    """Two figures with unlike definitions: never compared, never summed."""

    code = "not_comparable"


class NotEvaluable(DomainError):
    """The engine has no estimand for a metric of this rule: no plan can promise a change of it."""

    code = "not_evaluable"


class DefinitionRefused(InvalidValues):
    """A metric definition that contradicts itself or its kind."""

    code = "definition_refused"


class CalendarRefused(InvalidValues):
    """Business hours that contradict themselves, or of a place that is not known."""

    code = "calendar_refused"


class ServiceLevelRefused(InvalidValues):
    """A promised time that no case could keep, or one too many."""

    code = "service_level_refused"


class TooManyPeriods(InvalidValues):
    """A time of so many periods that no page, chart or file could show them."""

    code = "too_many_periods"


class TargetRefused(InvalidValues):
    """A target that the metric can never reach, or for a place that is not there."""

    code = "target_refused"


class MappingRefused(InvalidValues):
    """The chosen columns and fixed values do not make feedback."""

    code = "mapping_refused"


class RowsRejected(DomainError):
    """Some rows cannot come in, and nobody said to take the others alone."""

    code = "rows_rejected"


class ImportNotReady(DomainError):
    """The import is not in the state that this step needs."""

    code = "import_not_ready"


class ReplacementNotConfirmed(DomainError):
    """Something known would be replaced, and nobody who saw it has said so."""

    code = "replacement_not_confirmed"


class NothingToUndo(DomainError):
    """Nothing that an import brought or changed can be taken back."""

    code = "nothing_to_undo"


class UndoChanged(DomainError):
    """Taking an import back would do something else than what was confirmed."""

    code = "undo_changed"


class MetricRetired(InvalidValues):
    """New answers to a metric that is out of use."""

    code = "metric_retired"


class NothingToErase(DomainError):
    """No answer holds the words that were to be erased."""

    code = "nothing_to_erase"


class SurveyNotInState(DomainError):
    """The survey is not in the state that this step needs."""

    code = "survey_not_in_state"


class SurveyMeaningWouldChange(DomainError):
    """Customers have been asked these questions, and the change would make them others."""

    code = "survey_meaning_would_change"


class SurveyWordingToConfirm(InvalidValues):
    """Other words in a survey that was opened: somebody has to say that they mean the same."""

    code = "survey_wording_to_confirm"


class AnswerRefused(DomainError):
    """An answer to a survey that takes none at present."""

    code = "survey_takes_no_answers"


class SurveyListChanged(DomainError):
    """A list would ask other people than were confirmed, or is gone."""

    code = "survey_list_changed"


class TranslationsMissing(DomainError):
    """A survey that lacks texts in some of its languages is opened when somebody has seen which."""

    code = "translations_missing"


class AnswerKept(DomainError):
    """The answer that was given before stays: the time to correct it is over, or it was erased."""

    code = "survey_answer_kept"


class FeedNotReady(DomainError):
    """An incoming webhook, a mailbox or a folder is not in the state that this step needs."""

    code = "feed_not_ready"


class MailRefused(InvalidValues):
    """A mail server that says no, or nothing that makes sense."""

    code = "mail_refused"


class FolderRefused(InvalidValues):
    """A folder that nobody may look into, or that is not there."""

    code = "folder_refused"
