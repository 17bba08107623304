"""Pages of customers, under /f/: no sign-in, no organization in the address, no cookie."""

from django.urls import path

from customer_voice.views import answering, sharing

app_name = "ask"
urlpatterns = [
    path("<str:public_id>/", answering.form, name="form"),
    path("<str:public_id>/i/<str:secret>/", answering.invited, name="invited"),
    path("<str:public_id>/no/<str:secret>/", answering.stop, name="stop"),
    path("<str:public_id>/widget.js", sharing.widget, name="widget"),
    path("<str:public_id>/thanks/", answering.thanks, name="thanks"),
    path("<str:public_id>/thanks/<str:band>/", answering.thanks, name="thanks_by_score"),
]
