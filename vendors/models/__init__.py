"""Rows of the vendors app, one module a subject."""

from vendors.models.answer import TEXT_LIMIT, Answer
from vendors.models.assessment import Assessment
from vendors.models.audit import AuditEvent, ChainHead, Counter
from vendors.models.evidence import AnswerEvidence, Evidence, EvidenceFile, PageState
from vendors.models.finding import (
    DUE_DAYS,
    ActionState,
    CorrectiveAction,
    Finding,
    Severity,
    Source,
    Waiver,
)
from vendors.models.framework import Criterion, Framework, FrameworkDraft, WeightProfile
from vendors.models.result import AssessmentResult, CategoryScore
from vendors.models.review import Mark, Moderation, Review
from vendors.models.states import (
    APPROVED_STATES,
    FROZEN_STATES,
    MOVES,
    OPEN_STATES,
    REVIEW_STATES,
    Move,
    State,
    targets_of,
)
from vendors.models.vendor import (
    SERVICES,
    Certification,
    Contact,
    Site,
    Standing,
    Vendor,
    name_key,
)

__all__ = [
    "APPROVED_STATES",
    "DUE_DAYS",
    "FROZEN_STATES",
    "MOVES",
    "OPEN_STATES",
    "REVIEW_STATES",
    "SERVICES",
    "TEXT_LIMIT",
    "ActionState",
    "Answer",
    "AnswerEvidence",
    "Assessment",
    "AssessmentResult",
    "AuditEvent",
    "CategoryScore",
    "Certification",
    "ChainHead",
    "Contact",
    "CorrectiveAction",
    "Counter",
    "Criterion",
    "Evidence",
    "EvidenceFile",
    "Finding",
    "Framework",
    "FrameworkDraft",
    "Mark",
    "Moderation",
    "Move",
    "PageState",
    "Review",
    "Severity",
    "Site",
    "Source",
    "Standing",
    "State",
    "Vendor",
    "Waiver",
    "WeightProfile",
    "name_key",
    "targets_of",
]
