"""Addresses of the scorecards app."""

from django.urls import path

from scorecards.views import comparison, scorecards

app_name = "scorecards"

urlpatterns = [
    path("compare/", comparison.comparison, name="comparison"),
    path("scorecards/", scorecards.scorecard_list, name="scorecard-list"),
    path(
        "assessments/<uuid:public_id>/scorecard/",
        scorecards.scorecard_request,
        name="scorecard-request",
    ),
    path("scorecards/<uuid:public_id>/", scorecards.scorecard_detail, name="scorecard-detail"),
    path("scorecards/<uuid:public_id>/retry/", scorecards.scorecard_retry, name="scorecard-retry"),
    path(
        "scorecards/<uuid:public_id>/download/",
        scorecards.scorecard_download,
        name="scorecard-download",
    ),
]
