"""Decide: the coalition and its initiatives, under /o/<organization>/decide/."""

from django.urls import path

from coalition.views import history, initiatives, lots, reviews, seats, suggestions, votes

app_name = "coalition"
urlpatterns = [
    path("", initiatives.initiative_list, name="initiative_list"),
    path("board/", initiatives.initiative_board, name="initiative_board"),
    path("waiting/", votes.waiting, name="waiting"),
    path("coalition/", seats.coalition_detail, name="coalition_detail"),
    path("coalition/charter/", seats.charter_edit, name="charter_edit"),
    path("coalition/seats/new/", seats.seat_create, name="seat_create"),
    path("coalition/seats/<int:pk>/", seats.seat_edit, name="seat_edit"),
    path("coalition/seats/<int:pk>/end/", seats.seat_end, name="seat_end"),
    path("suggestions/", suggestions.suggestion_list, name="suggestion_list"),
    path("suggestions/new/", suggestions.suggestion_create, name="suggestion_create"),
    path("suggestions/<int:pk>/", suggestions.suggestion_detail, name="suggestion_detail"),
    path("suggestions/<int:pk>/take-up/", suggestions.suggestion_take_up, name="suggestion_take_up"),
    path("suggestions/<int:pk>/decline/", suggestions.suggestion_decline, name="suggestion_decline"),
    path("suggestions/<int:pk>/read/", suggestions.suggestion_read, name="suggestion_read"),
    path("new/", initiatives.initiative_create, name="initiative_create"),
    path("from-wave/", initiatives.initiative_from_wave, name="initiative_from_wave"),
    path("from-opportunity/", initiatives.initiative_from_opportunity, name="initiative_from_opportunity"),
    path("<int:number>/", initiatives.initiative_detail, name="initiative_detail"),
    path("<int:number>/edit/", initiatives.initiative_edit, name="initiative_edit"),
    path("<int:number>/plan/", initiatives.plan_edit, name="plan_edit"),
    path("<int:number>/lot/", lots.lot_draw, name="lot_draw"),
    path("<int:number>/starts/", lots.start_edit, name="start_edit"),
    path("<int:number>/submit/", initiatives.initiative_submit, name="initiative_submit"),
    path("<int:number>/record/", initiatives.initiative_record, name="initiative_record"),
    path("<int:number>/withdraw/", initiatives.initiative_withdraw, name="initiative_withdraw"),
    path("<int:number>/vote/", votes.vote, name="vote"),
    path("<int:number>/vote/close/", votes.vote_close, name="vote_close"),
    path("<int:number>/review/", reviews.review, name="review"),
    path("<int:number>/review/open/", reviews.review_open, name="review_open"),
    path("<int:number>/review/vote/", reviews.review_vote, name="review_vote"),
    path("<int:number>/review/decide/", reviews.review_decide, name="review_decide"),
    path("<int:number>/move/", initiatives.initiative_move, name="initiative_move"),
    path("<int:number>/go-live/", initiatives.initiative_go_live, name="initiative_go_live"),
    path("<int:number>/complete/", initiatives.initiative_complete, name="initiative_complete"),
    path("<int:number>/updates/", initiatives.update_create, name="update_create"),
    path("<int:number>/milestones/", initiatives.milestone_create, name="milestone_create"),
    path("<int:number>/milestones/<int:pk>/", initiatives.milestone_edit, name="milestone_edit"),
    path("<int:number>/milestones/<int:pk>/done/", initiatives.milestone_done, name="milestone_done"),
    path("<int:number>/milestones/<int:pk>/remove/", initiatives.milestone_remove, name="milestone_remove"),
    path("<int:number>/history/", history.initiative_history, name="initiative_history"),
]
