"""Addresses of the scorecards app."""

from django.urls import path

from scorecards.views import (
    bundles,
    check,
    comparison,
    comparison_files,
    documents,
    issues,
    notices,
    portfolio,
    saved,
    scorecards,
    system,
)

app_name = "scorecards"

urlpatterns = [
    path("compare/", comparison.comparison, name="comparison"),
    path("compare/live/", comparison.comparison_live, name="comparison-live"),
    path("compare/find/", comparison.comparison_find, name="comparison-find"),
    path("compare/comparison.csv", comparison_files.comparison_csv, name="comparison-csv"),
    path("compare/comparison.xlsx", comparison_files.comparison_xlsx, name="comparison-xlsx"),
    path("compare/pdf/", documents.comparison_pdf, name="comparison-pdf"),
    path("compare/save/", saved.comparison_save, name="comparison-save"),
    path("comparisons/", saved.comparison_list, name="comparison-list"),
    path("comparisons/<uuid:public_id>/", saved.comparison_detail, name="comparison-detail"),
    path("comparisons/<uuid:public_id>/choose/", saved.comparison_choose, name="comparison-choose"),
    path("comparisons/<uuid:public_id>/pdf/", documents.comparison_issue, name="comparison-issue"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/portfolio.csv", portfolio.portfolio_csv, name="portfolio-csv"),
    path("portfolio/pdf/", documents.portfolio_pdf, name="portfolio-pdf"),
    path("check/", check.check, name="check"),
    path("bundles/", bundles.bundle_list, name="bundle-list"),
    path("bundles/ask/", bundles.bundle_ask, name="bundle-ask"),
    path("bundles/<uuid:public_id>/", bundles.bundle_detail, name="bundle-detail"),
    path("bundles/<uuid:public_id>/cancel/", bundles.bundle_cancel, name="bundle-cancel"),
    path("bundles/<uuid:public_id>/resume/", bundles.bundle_resume, name="bundle-resume"),
    path("bundles/<uuid:public_id>/download/", bundles.bundle_download, name="bundle-download"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/seen/", notices.notice_seen, name="notice-seen"),
    path("system/", system.system, name="system"),
    path("scorecards/", scorecards.scorecard_list, name="scorecard-list"),
    path(
        "assessments/<uuid:public_id>/scorecard/",
        scorecards.scorecard_request,
        name="scorecard-request",
    ),
    path("scorecards/<uuid:public_id>/", scorecards.scorecard_detail, name="scorecard-detail"),
    path("scorecards/<uuid:public_id>/retry/", scorecards.scorecard_retry, name="scorecard-retry"),
    path(
        "scorecards/<uuid:public_id>/correct/", issues.scorecard_correct, name="scorecard-correct"
    ),
    path(
        "scorecards/<uuid:public_id>/withdraw/",
        issues.scorecard_withdraw,
        name="scorecard-withdraw",
    ),
    path(
        "scorecards/<uuid:public_id>/download/",
        scorecards.scorecard_download,
        name="scorecard-download",
    ),
]
