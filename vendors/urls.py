"""Addresses of the vendors app."""

from django.urls import path

from vendors.models import Standing
from vendors.views import (
    actions,
    answer_evidence,
    answers,
    assessments,
    certifications,
    decisions,
    events,
    evidence,
    findings,
    frameworks,
    intake,
    profiles,
    questionnaire,
    reassessments,
    review_marks,
    review_steps,
    reviews,
    vendors,
)

app_name = "vendors"

FINDING = "findings/<uuid:public_id>/"
VENDOR = "vendors/<uuid:public_id>/"
CERTIFICATION = "certifications/<uuid:public_id>/"
ASSESSMENT = "assessments/<uuid:public_id>/"
REVIEWED = ASSESSMENT + "review/<str:code>/"
EVIDENCE = "evidence/<uuid:public_id>/"
EVIDENCE_FILE = "evidence-files/<uuid:public_id>/"

urlpatterns = [
    path("trail/", events.event_list, name="event-list"),
    path("trail/events.csv", events.event_export, name="event-export"),
    path("trail/verify/", events.event_verify, name="event-verify"),
    path("vendors/", vendors.vendor_list, name="vendor-list"),
    path("vendors/new/", vendors.vendor_add, name="vendor-add"),
    path(VENDOR, vendors.vendor_detail, name="vendor-detail"),
    path(VENDOR + "edit/", vendors.vendor_edit, name="vendor-edit"),
    path(VENDOR + "archive/", vendors.vendor_archive, name="vendor-archive"),
    path(VENDOR + "restore/", vendors.vendor_restore, name="vendor-restore"),
    path(
        VENDOR + "certifications/new/", certifications.certification_add, name="certification-add"
    ),
    path(CERTIFICATION, certifications.certification_detail, name="certification-detail"),
    path(CERTIFICATION + "edit/", certifications.certification_edit, name="certification-edit"),
    path(
        CERTIFICATION + "verify/", certifications.certification_verify, name="certification-verify"
    ),
    path(
        CERTIFICATION + "suspend/",
        certifications.certification_standing,
        {"standing": Standing.SUSPENDED},
        name="certification-suspend",
    ),
    path(
        CERTIFICATION + "withdraw/",
        certifications.certification_standing,
        {"standing": Standing.WITHDRAWN},
        name="certification-withdraw",
    ),
    path(
        CERTIFICATION + "restore/",
        certifications.certification_standing,
        {"standing": Standing.IN_FORCE},
        name="certification-restore",
    ),
    path(
        CERTIFICATION + "remove/", certifications.certification_remove, name="certification-remove"
    ),
    path(VENDOR + "assessments/new/", intake.assessment_start, name="assessment-start"),
    path(ASSESSMENT, assessments.assessment_detail, name="assessment-detail"),
    path(ASSESSMENT + "intake/", intake.assessment_intake, name="assessment-intake"),
    path(ASSESSMENT + "tier/", assessments.assessment_tier, name="assessment-tier"),
    path(ASSESSMENT + "submit/", assessments.assessment_submit, name="assessment-submit"),
    path(ASSESSMENT + "take-back/", assessments.assessment_take_back, name="assessment-take-back"),
    path(ASSESSMENT + "cancel/", assessments.assessment_cancel, name="assessment-cancel"),
    path(ASSESSMENT + "decision/", decisions.assessment_decide, name="assessment-decide"),
    path(ASSESSMENT + "close/", decisions.assessment_close, name="assessment-close"),
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
    path("reviews/", reviews.review_list, name="review-list"),
    path(ASSESSMENT + "review/take/", review_steps.review_take, name="review-take"),
    path(ASSESSMENT + "review/finish/", review_steps.review_finish, name="review-finish"),
    path(ASSESSMENT + "review/send-returns/", review_steps.returns_send, name="returns-send"),
    path(ASSESSMENT + "review/second/", review_steps.second_review_ask, name="second-review-ask"),
    path(
        ASSESSMENT + "review/second/drop/",
        review_steps.second_review_drop,
        name="second-review-drop",
    ),
    path(REVIEWED, review_marks.answer_decide, name="answer-decide"),
    path(REVIEWED + "effect/", review_marks.answer_effect, name="answer-effect"),
    path(REVIEWED + "return/", review_marks.answer_return, name="answer-return"),
    path(REVIEWED + "return/undo/", review_marks.answer_return_undo, name="answer-return-undo"),
    path(REVIEWED + "settle/", review_marks.difference_settle, name="difference-settle"),
    path(ASSESSMENT + "accept-proposals/", review_steps.proposals_accept, name="proposals-accept"),
    path("frameworks/", frameworks.framework_list, name="framework-list"),
    path("frameworks/upload/", frameworks.framework_upload, name="framework-upload"),
    path("frameworks/<uuid:public_id>/", frameworks.framework_detail, name="framework-detail"),
    path(
        "frameworks/<uuid:public_id>/file/",
        frameworks.framework_download,
        name="framework-download",
    ),
    path("frameworks/<uuid:public_id>/profiles/new/", profiles.profile_add, name="profile-add"),
    path("frameworks/drafts/<uuid:public_id>/", frameworks.framework_draft, name="framework-draft"),
    path(
        "frameworks/drafts/<uuid:public_id>/publish/",
        frameworks.framework_publish,
        name="framework-publish",
    ),
    path(
        "frameworks/drafts/<uuid:public_id>/drop/", frameworks.framework_drop, name="framework-drop"
    ),
    path("profiles/<uuid:public_id>/", profiles.profile_edit, name="profile-edit"),
    path("profiles/<uuid:public_id>/retire/", profiles.profile_retire, name="profile-retire"),
    path("findings/", findings.finding_list, name="finding-list"),
    path("findings/findings.csv", findings.finding_export, name="finding-export"),
    path("findings/new/", findings.finding_add, name="finding-add"),
    path(FINDING, findings.finding_detail, name="finding-detail"),
    path(FINDING + "severity/", findings.finding_severity, name="finding-severity"),
    path(FINDING + "assign/", findings.action_assign, name="action-assign"),
    path(FINDING + "plan/", actions.action_edit, name="action-edit"),
    path(FINDING + "proof/", actions.proof_add, name="action-prove"),
    path(FINDING + "proof/drop/", actions.proof_drop, name="action-unprove"),
    path(FINDING + "report/", actions.action_report, name="action-report"),
    path(FINDING + "send-back/", actions.action_send_back, name="action-send-back"),
    path(FINDING + "close/", actions.action_close, name="action-close"),
    path(ASSESSMENT + "reassess/", reassessments.reassessment_start, name="reassessment-start"),
    path(VENDOR + "evidence/", evidence.evidence_list, name="evidence-list"),
    path(VENDOR + "evidence/new/", evidence.evidence_add, name="evidence-add"),
    path(EVIDENCE, evidence.evidence_detail, name="evidence-detail"),
    path(EVIDENCE + "edit/", evidence.evidence_edit, name="evidence-edit"),
    path(EVIDENCE + "replace/", evidence.evidence_replace, name="evidence-replace"),
    path(EVIDENCE + "remove/", evidence.evidence_remove, name="evidence-remove"),
    path(EVIDENCE_FILE, evidence.evidence_download, name="evidence-download"),
    path(EVIDENCE_FILE + "pages/<int:number>/", evidence.evidence_page, name="evidence-page"),
    path(EVIDENCE_FILE + "redraw/", evidence.evidence_redraw, name="evidence-redraw"),
    path(
        ASSESSMENT + "answers/<str:code>/evidence/",
        answer_evidence.answer_evidence,
        name="answer-evidence",
    ),
    path(
        ASSESSMENT + "answers/<str:code>/evidence/unlink/",
        answer_evidence.answer_evidence_unlink,
        name="answer-evidence-unlink",
    ),
]
