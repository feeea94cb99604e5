"""Addresses of the vendors app."""

from django.urls import path

from vendors.views import (
    answers,
    assessments,
    certifications,
    intake,
    questionnaire,
    reviews,
    vendors,
)

app_name = "vendors"

VENDOR = "vendors/<uuid:public_id>/"
ASSESSMENT = "assessments/<uuid:public_id>/"

urlpatterns = [
    path("vendors/", vendors.vendor_list, name="vendor-list"),
    path("vendors/new/", vendors.vendor_add, name="vendor-add"),
    path(VENDOR, vendors.vendor_detail, name="vendor-detail"),
    path(VENDOR + "edit/", vendors.vendor_edit, name="vendor-edit"),
    path(VENDOR + "archive/", vendors.vendor_archive, name="vendor-archive"),
    path(VENDOR + "restore/", vendors.vendor_restore, name="vendor-restore"),
    path(
        VENDOR + "certifications/new/", certifications.certification_add, name="certification-add"
    ),
    path(
        "certifications/<uuid:public_id>/",
        certifications.certification_edit,
        name="certification-edit",
    ),
    path(
        "certifications/<uuid:public_id>/remove/",
        certifications.certification_remove,
        name="certification-remove",
    ),
    path(VENDOR + "assessments/new/", intake.assessment_start, name="assessment-start"),
    path(ASSESSMENT, assessments.assessment_detail, name="assessment-detail"),
    path(ASSESSMENT + "intake/", intake.assessment_intake, name="assessment-intake"),
    path(ASSESSMENT + "tier/", assessments.assessment_tier, name="assessment-tier"),
    path(ASSESSMENT + "submit/", assessments.assessment_submit, name="assessment-submit"),
    path(ASSESSMENT + "cancel/", assessments.assessment_cancel, name="assessment-cancel"),
    path(
        ASSESSMENT + "questionnaire/",
        questionnaire.questionnaire_resume,
        name="questionnaire-resume",
    ),
    path(
        ASSESSMENT + "questionnaire/<str:category>/",
        questionnaire.questionnaire,
        name="questionnaire",
    ),
    path(ASSESSMENT + "answers/<str:code>/", answers.answer_save, name="answer-save"),
    path(ASSESSMENT + "review/", reviews.assessment_review, name="assessment-review"),
    path(ASSESSMENT + "review/<str:code>/", reviews.answer_decide, name="answer-decide"),
    path(ASSESSMENT + "accept-proposals/", reviews.proposals_accept, name="proposals-accept"),
    path(ASSESSMENT + "return/", reviews.assessment_return, name="assessment-return"),
    path(ASSESSMENT + "approve/", reviews.assessment_approve, name="assessment-approve"),
]
