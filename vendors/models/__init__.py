"""Rows of the vendors app, one module a subject."""

from vendors.models.assessment import (
    OPEN_STATES,
    TEXT_LIMIT,
    TRANSITIONS,
    Answer,
    Assessment,
    State,
)
from vendors.models.audit import AuditEvent
from vendors.models.framework import Criterion, Framework, WeightProfile
from vendors.models.result import AssessmentResult, CategoryScore
from vendors.models.vendor import SERVICES, Certification, Contact, Site, Vendor, name_key

__all__ = [
    "OPEN_STATES",
    "SERVICES",
    "TEXT_LIMIT",
    "TRANSITIONS",
    "Answer",
    "Assessment",
    "AssessmentResult",
    "AuditEvent",
    "CategoryScore",
    "Certification",
    "Contact",
    "Criterion",
    "Framework",
    "Site",
    "State",
    "Vendor",
    "WeightProfile",
    "name_key",
]
