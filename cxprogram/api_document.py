"""What the document of the API says of itself, for drf-spectacular."""

SETTINGS = {
    "TITLE": "cxprogram API",
    "DESCRIPTION": (
        "Everything a page can do. Errors are problem details (RFC 9457). What was read may be sent back: "
        "what did not change passes, also where it is only read; another value of what is only read, a field "
        "that nothing reads, and a query parameter that nothing reads are refused (422) by name."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.schema.without_column_widths",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AssessmentStateEnum": "assessments.choices.AssessmentState",
        "CustomerKindEnum": "customer_voice.choices.CustomerKind",
        "CustomerSurveyStateEnum": "customer_voice.choices.SurveyState",
        "FrameworkKindEnum": "assessments.choices.FrameworkKind",
        "InitiativeStateEnum": "coalition.choices.InitiativeState",
        "InvitationStateEnum": "customer_voice.choices.InvitationState",
        "JobStateEnum": "common.jobs.JobState",
        "MapStateEnum": "journeys.maps.choices.MapState",
        "MetricKindEnum": "customer_voice.choices.MetricKind",
        "OutcomeKindEnum": "impact.choices.OutcomeKind",
        "ReportKindEnum": "reports.choices.ReportKind",
        "ValueKindEnum": "impact.choices.ValueKind",
    },
}
