"""People and settings, under /o/<organization>/."""

from django.urls import path

from accounts.views import people, settings, work

app_name = "accounts"
urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/organization/", settings.organization_edit, name="organization_edit"),
    path("settings/functions/new/", settings.function_edit, name="function_create"),
    path("settings/functions/<int:pk>/", settings.function_edit, name="function_edit"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/invite/", people.invite, name="invite"),
    path("settings/people/<int:pk>/", people.member_edit, name="member_edit"),
    path("settings/people/<int:pk>/deactivate/", people.member_deactivate, name="member_deactivate"),
    path("settings/invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    path("settings/trail/", settings.trail, name="trail"),
    path("settings/work/", work.work, name="work"),
    path("settings/work/letters/<int:pk>/", work.letter_send_again, name="letter_send_again"),
    path("settings/work/events/<int:pk>/", work.event_try_again, name="event_try_again"),
    path("me/", settings.preferences, name="preferences"),
    path("me/keys/", settings.tokens, name="tokens"),
    path("me/keys/<int:pk>/revoke/", settings.token_revoke, name="token_revoke"),
]
