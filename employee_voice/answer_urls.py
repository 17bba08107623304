"""Pages of respondents, under /e/: no sign-in, no organization in the address, no cookie."""

from django.urls import path

from employee_voice.views import answering, slips

app_name = "answer"
urlpatterns = [
    path("<str:wave>/i/", answering.invitation, name="invitation"),
    path("<str:wave>/keys/", answering.keys, name="keys"),
    path("<str:wave>/sign/", answering.sign, name="sign"),
    path("<str:wave>/answer/", answering.answer, name="answer"),
    path("<str:wave>/s/", slips.slip_of_wave, name="slip"),
    path("<str:wave>/look.css", answering.look, name="look"),
    path("<str:wave>/logo.png", answering.logo, name="logo"),
    path("<str:wave>/thanks/", answering.thanks, name="thanks"),
    path("<str:wave>/promise/", answering.promise, name="promise"),
    path("<str:wave>/technical/", answering.technical, name="technical"),
]
