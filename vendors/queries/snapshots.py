"""What a snapshot says besides answers and figures: people, decision, remarks, findings, trail.

Plain values for canonical JSON: no floats, days as isoformat, moments in UTC to the second, people by
name and role as they are when it is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from vendors import scoring
from vendors.models import (
    Answer,
    Assessment,
    AuditEvent,
    Finding,
    Moderation,
    Review,
    Source,
    State,
    Waiver,
)

if TYPE_CHECKING:
    from vetting.models import User

#: The move that each decision is; an assessment in any other state has none to freeze.
VERBS = {
    State.APPROVED: "approve",
    State.CONDITIONAL: "approve_with_conditions",
    State.REJECTED: "reject",
}


def _person(user: User | None) -> dict[str, str] | None:
    return {"name": str(user), "role": user.role_label} if user else None


def _name(user: User | None) -> str:
    return str(user) if user else ""


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def scope_of(assessment: Assessment) -> dict[str, Any]:
    """What the assessment is about, beside its answers. One query."""
    return {
        "id": str(assessment.public_id),
        "title": assessment.title,
        "service": assessment.service,
        "sites": [f"{site.city}, {site.country}" for site in assessment.sites.all()],
        "is_sample": assessment.vendor.is_sample,
        "tier_reason": assessment.tier_reason,
        "note": assessment.approval_note,
    }


def reviews_of(assessment: Assessment) -> list[Review]:
    """The reviewers' parts, the first one first. One query."""
    return list(assessment.reviews.select_related("reviewer").order_by("position"))


def reviewers_of(reviews: Iterable[Review]) -> list[dict[str, Any]]:
    """Who reviewed, with the moment they declared to have no conflict of interest."""
    return [
        {
            "name": str(review.reviewer),
            "role": review.reviewer.role_label,
            "position": review.position,
            "declared_at": _moment(review.declared_at),
            "finished_at": _moment(review.finished_at),
        }
        for review in reviews
    ]


def people_of(assessment: Assessment, reviews: Iterable[Review]) -> list[dict[str, Any]]:
    """Who prepared, submitted, reviewed and decided, with role and moment."""
    steps: list[tuple[str, User | None, datetime | None]] = [
        ("prepared", assessment.owner, assessment.created_at),
        ("submitted", assessment.submitted_by, assessment.submitted_at),
    ]
    for review in reviews:
        step = "reviewed" if review.position == 1 else "reviewed_second"
        steps.append((step, review.reviewer, review.finished_at))
    steps += [
        ("approved", assessment.approved_by, assessment.approved_at),
        ("rejected", assessment.rejected_by, assessment.rejected_at),
    ]
    return [
        {"step": step, "person": _person(person), "at": _moment(moment)}
        for step, person, moment in steps
        if moment is not None
    ]


def findings_of(assessment: Assessment) -> list[Finding]:
    """Its findings with their actions, by number. One query.

    None while two reviewers must not see what the other one found.
    """
    if assessment.is_blind:
        return []
    return list(
        Finding.objects.filter(assessment=assessment)
        .select_related("action__owner", "action__closed_by")
        .order_by("number")
    )


def finding_entries(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Each finding with the action that corrects it, open or closed."""
    return [
        {
            "finding": finding.label,
            "title": finding.title,
            "detail": finding.detail,
            "code": finding.code,
            "severity": finding.severity,
            "source": finding.source,
            "root_cause": finding.action.root_cause,
            "action": finding.action.action,
            "owner": str(finding.action.owner),
            "vendor_person": finding.action.vendor_person,
            "due_on": finding.action.due_on.isoformat(),
            "state": finding.action.state,
            "reported_at": _moment(finding.action.reported_at),
            "closed_at": _moment(finding.action.closed_at),
            "closed_by": _name(finding.action.closed_by),
            "close_note": finding.action.close_note,
        }
        for finding in findings
    ]


def decision_of(assessment: Assessment, findings: Iterable[Finding]) -> dict[str, Any]:
    """What was decided, with conditions and waivers; `verb` is "" before a decision. One query."""
    is_rejected = assessment.state == State.REJECTED
    return {
        "verb": VERBS.get(State(assessment.state), ""),
        "note": assessment.reject_reason if is_rejected else assessment.approval_note,
        "by": _person(assessment.rejected_by if is_rejected else assessment.approved_by),
        "at": _moment(assessment.rejected_at if is_rejected else assessment.approved_at),
        "conditions": [
            {
                "finding": finding.label,
                "title": finding.title,
                "code": finding.code,
                "severity": finding.severity,
                "owner": str(finding.action.owner),
                "due_on": finding.action.due_on.isoformat(),
            }
            for finding in findings
            if finding.source == Source.CONDITION
        ],
        "waivers": _waivers(assessment),
    }


def _waivers(assessment: Assessment) -> list[dict[str, Any]]:
    rows = Waiver.objects.filter(assessment=assessment).select_related(
        "action__finding", "action__owner", "granted_by"
    )
    return [
        {
            "code": row.code,
            "reason": row.reason,
            "ends_on": row.ends_on.isoformat(),
            "finding": row.action.finding.label,
            "action": row.action.action or row.action.finding.title,
            "owner": str(row.action.owner),
            "due_on": row.action.due_on.isoformat(),
            "granted_by": str(row.granted_by),
        }
        for row in rows.order_by("code")
    ]


def decided_answers(assessment: Assessment) -> list[Answer]:
    """Answers that a reviewer decided, or that do not apply, with who decided. One query."""
    rows = assessment.answers.select_related("decided_by").order_by("criterion__position")
    return [row for row in rows if row.decided_at is not None or row.not_applicable]


def remarks_of(rows: Iterable[Answer]) -> dict[str, dict[str, Any]]:
    """The reviewer's remark on each decided answer, who decided it and when, by code."""
    return {
        row.code: {
            "remark": row.remark,
            "decided_by": _name(row.decided_by),
            "decided_at": _moment(row.decided_at),
        }
        for row in rows
        if row.decided_at is not None
    }


def not_applicable_of(rows: Iterable[Answer], codes: Iterable[str]) -> list[dict[str, Any]]:
    """What is left out among the codes, why, and who consented; "" where nobody has."""
    asked = set(codes)
    return [
        {
            "code": row.code,
            "reason": row.reason,
            "consented_by": _name(row.decided_by) if row.consented else "",
        }
        for row in rows
        if row.not_applicable and row.code in asked
    ]


def moderations_of(assessment: Assessment) -> list[dict[str, Any]]:
    """Differences between two reviewers and how each was settled. One query."""
    rows = Moderation.objects.filter(answer__assessment=assessment)
    return [
        {
            "code": row.answer.code,
            "spread": row.spread,
            "level": row.level,
            "rating": row.rating,
            "reason": row.reason,
            "settled_by": _name(row.settled_by),
            "settled_at": _moment(row.settled_at),
        }
        for row in rows.select_related("answer", "settled_by").order_by("answer")
    ]


def weights_of(result: scoring.Result) -> dict[str, Any]:
    """The profile that the overall score was computed under: weights as exact fractions."""
    return {
        "profile": scoring.BALANCED,
        "categories": {code: str(entry.weight) for code, entry in result.categories.items()},
    }


def head_of(assessment: Assessment) -> dict[str, Any] | None:
    """The last event of the assessment's chain once it is decided; None for a draft. One query."""
    if not assessment.is_frozen:
        return None
    events = AuditEvent.objects.filter(assessment=assessment).order_by("-sequence")
    last = events.values("chain", "sequence", "digest").first()
    return None if last is None else dict(last)


def trail_of(assessment: Assessment) -> list[dict[str, Any]]:
    """The changes of state so far, oldest first. One query."""
    events = AuditEvent.objects.filter(assessment=assessment, action__startswith="assessment.")
    return [
        {
            "at": _moment(event.at),
            "who": event.actor_label,
            "action": event.action.removeprefix("assessment."),
            "reason": event.reason,
        }
        for event in events.order_by("pk")
    ]
