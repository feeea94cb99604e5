"""States and moves: the printed table, each move by each person in each state, and its guards."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    HIGH_RISK,
    answer_all,
    make_assessment,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
    submitted,
)
from vendors.models import (
    MOVES,
    OPEN_STATES,
    Answer,
    Assessment,
    AssessmentResult,
    AuditEvent,
    CorrectiveAction,
    Finding,
    Mark,
    Moderation,
    Review,
    State,
    Vendor,
    Waiver,
    targets_of,
)
from vendors.permissions import Role
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.approvals import Condition, approve_assessment, reject_assessment
from vendors.services.assessments import (
    cancel_assessment,
    change_intake,
    change_tier,
    start_assessment,
    submit_assessment,
    take_back_assessment,
)
from vendors.services.closings import Leaving, close_assessment
from vendors.services.moves import move_assessment
from vendors.services.refusals import FaultyInput, Refused
from vendors.services.reviews import (
    Decision,
    ask_second_review,
    decide_answer,
    finish_review,
    return_answer,
    send_returns,
    take_review,
)
from vendors.services.vendors import archive_vendor

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "workflow.md"
LEAVING = Leaving(data="Certificate 17", access="Accounts ended", people="Notice paid")
#: What each button of the pages may do. A button stands for every verb that it leads to.
BUTTONS = {
    "intake": ["open"],
    "submit": ["submit", "resubmit"],
    "take-back": ["take_back"],
    "take": ["review"],
    "send-returns": ["return"],
    "finish": ["finish"],
    "settle": ["settle"],
    "send_back": ["send_back"],
    "approve": ["approve"],
    "conditions": ["approve_with_conditions"],
    "reject": ["reject"],
    "close": ["close"],
    "cancel": ["cancel"],
}
#: Nobody presses these: they follow from somebody else's move.
BY_SYSTEM = {"moderate", "supersede"}
#: The people of the tests that a move of the table is for.
WHO = {
    "owner or helper": {"owner", "helper"},
    "owner, helper or manager": {"owner", "helper", "manager"},
    "reviewer": {"reviewer"},
    "first reviewer": {"reviewer"},
    "approver": {"manager"},
    "manager": {"manager"},
}
ACTORS = ["owner", "helper", "reviewer", "second", "procurement", "manager"]
ACTORS += ["auditor", "administrator"]


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def assessment(officer):
    return make_assessment(owner=officer, framework=small_framework())


@pytest.fixture
def people():
    """One of each; the reviewers and the outsider are procurement too."""
    roles = {"manager": Role.MANAGER, "auditor": Role.AUDITOR, "administrator": Role.ADMINISTRATOR}
    return {actor: make_user(roles.get(actor, Role.PROCUREMENT)) for actor in ACTORS}


def under_way(people, *, is_draft=False):
    """An assessment of the owner with a helper, answered unless it is an intake."""
    vendor = make_vendor(by=people["owner"])
    assessment = start_assessment(
        vendor=vendor,
        framework=small_framework(),
        intake={} if is_draft else dict(HIGH_RISK),
        owner=people["owner"],
        helpers=[people["helper"]],
        is_draft=is_draft,
        by=people["owner"],
    )
    if not is_draft:
        answer_all(assessment)
    return assessment


def send_back_one(assessment, by):
    """Return L1 and open it."""
    row = assessment.answers.get(code="L1")
    return_answer(assessment=assessment, answer=row, remark="Where?", version=row.version, by=by)


def in_dispute(assessment, people):
    """Two reviewers who differ at L1."""
    ask_second_review(assessment=assessment, by=people["reviewer"])
    take_review(assessment=assessment, by=people["second"])
    rules = assessment.framework.rules
    for name, level in (("reviewer", "verified"), ("second", "rejected")):
        for row in assessment.answers.all():
            is_text = rules.criterion(row.code).answer_type == "text"
            decision = Decision(
                level=level if row.code == "L1" else "verified",
                rating=5 if is_text else None,
                remark="Seen on site",
            )
            decide_answer(
                assessment=assessment,
                answer=row,
                decision=decision,
                version=row.version,
                by=people[name],
            )
        finish_review(assessment=assessment, by=people[name])
    assert assessment.is_in_moderation


def in_state(state, people):
    """Bring one there by the services that people use."""
    assessment = under_way(people, is_draft=state == State.INTAKE)
    if state in {State.INTAKE, State.IN_PROGRESS}:
        return assessment
    if state == State.CANCELLED:
        cancel_assessment(assessment=assessment, reason="Not needed", by=people["owner"])
        return assessment
    submitted(assessment)
    if state == State.SUBMITTED:
        return assessment
    take_review(assessment=assessment, by=people["reviewer"])
    if state == State.CLARIFICATION:
        send_back_one(assessment, people["reviewer"])
        send_returns(assessment=assessment, by=people["reviewer"])
    elif state == State.MODERATION:
        in_dispute(assessment, people)
    elif state != State.IN_REVIEW:
        finish_review(assessment=assessment, by=people["reviewer"])
        decided(assessment, state, people)
    return assessment


def decided(assessment, state, people):
    """From waiting for approval to one of the states after it."""
    manager = people["manager"]
    if state == State.REJECTED:
        reject_assessment(assessment=assessment, reason="Sites differ", by=manager)
    elif state == State.CONDITIONAL:
        condition = Condition(title="A second exit", severity="minor", owner=people["owner"])
        approve_assessment(assessment=assessment, conditions=[condition], by=manager)
    elif state != State.PENDING_APPROVAL:
        approve_assessment(assessment=assessment, by=manager)
    if state == State.CLOSED:
        close_assessment(assessment=assessment, leaving=LEAVING, by=manager)
    elif state == State.SUPERSEDED:
        later = make_assessment(
            vendor=assessment.vendor, owner=people["owner"], framework=small_framework()
        )
        answer_all(later)
        reviewed(later, by=people["reviewer"])
        approve_assessment(assessment=later, by=manager)
        assessment.refresh_from_db()


def made_ready(button, assessment, people):
    """What the guard of the button asks for, where the state allows it."""
    if button == "send-returns" and assessment.is_in_review:
        send_back_one(assessment, people["reviewer"])
    if button == "submit" and assessment.is_in_clarification:
        row = assessment.answers.get(code="L1")
        save_answer(
            assessment=assessment,
            answer=row,
            change=AnswerChange(
                value="yes", is_answered=True, comment="Cebu", proposed_level="claimed"
            ),
            version=row.version,
            by=people["owner"],
        )


def pressed(button, assessment, people):
    """The address and what a browser posts."""
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    own = [assessment.public_id]
    condition = {
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "conditions-0-title": "A second exit",
        "conditions-0-severity": "minor",
        "conditions-0-owner": people["owner"].pk,
        "conditions-0-due_on": day,
    }
    row = assessment.answers.get(code="L1")
    reason = {"reason": "Sites differ"}
    posts = {
        "intake": ("vendors:assessment-intake", whole_intake(people, day)),
        "submit": ("vendors:assessment-submit", {"attested": "on"}),
        "take-back": ("vendors:assessment-take-back", reason),
        "take": ("vendors:review-take", {"declared": "on"}),
        "send-returns": ("vendors:returns-send", {}),
        "finish": ("vendors:review-finish", {}),
        "close": (
            "vendors:assessment-close",
            {
                f"{step}{tick}": "Done"
                for step in ("data", "access", "people")
                for tick in ("_note", "_done")
            },
        ),
        "cancel": ("vendors:assessment-cancel", reason),
    }
    if button == "settle":
        data = {"version": row.version, "level": "verified", "remark": "Seen on site"}
        return reverse("vendors:difference-settle", args=[*own, "L1"]), data
    if button in posts:
        name, data = posts[button]
        return reverse(name, args=own), data
    data = {
        "decision": button,
        "note": "Sites differ" if button in {"reject", "send_back"} else "",
        "declared": "on",
        "seen": assessment.reviewed_at.isoformat() if assessment.reviewed_at else "",
        **(condition if button == "conditions" else blank_conditions()),
    }
    return reverse("vendors:assessment-decide", args=own), data


def blank_conditions():
    return {"conditions-TOTAL_FORMS": "0", "conditions-INITIAL_FORMS": "0"}


def whole_intake(people, day):
    """A complete intake."""
    answers = {code: str(value) for code, value in HIGH_RISK.items() if code != "harmful_content"}
    return answers | {
        "harmful_content": "no",
        "service": "Voice",
        "owner": people["owner"].pk,
        "helpers": [people["helper"].pk],
        "due_on": day,
    }


def fingerprint():
    """What must not move when a move is refused."""
    kinds = [Assessment, Answer, AssessmentResult, AuditEvent, Finding, CorrectiveAction]
    kinds += [Mark, Moderation, Review, Vendor, Waiver]
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


def test_the_printed_table_is_the_one_in_force():
    rows = re.findall(
        r"^\| (\w+) \| (\w+) \| (\w+) \| ([^|]+) \| ([^|]+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert [tuple(row) for row in rows if row[0] != "Move"] == [
        (move.verb, str(move.source), str(move.target), str(move.who), str(move.guard))
        for move in MOVES
    ]


def test_each_state_is_explained_and_has_a_way_in_and_out():
    told = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told == [str(state) for state in State]
    sources, targets = {move.source for move in MOVES}, {move.target for move in MOVES}
    # an intake may be skipped, and is where the rest begins
    assert targets == set(State) - {State.INTAKE}
    assert set(OPEN_STATES) <= sources


def test_each_verb_has_one_target_from_a_state_and_a_button():
    assert len({(move.verb, move.source) for move in MOVES}) == len(MOVES)
    verbs = {verb for several in BUTTONS.values() for verb in several}
    assert verbs | BY_SYSTEM == {move.verb for move in MOVES}
    assert {str(move.who) for move in MOVES} == {*WHO, "system"}


def expected(button, state, assessment):
    """Where the button leads from this state and for whom; None where it leads nowhere."""
    for move in MOVES:
        if move.verb in BUTTONS[button] and move.source == state:
            who = WHO[str(move.who)]
            if move.verb == "review":
                # nobody has taken it: whoever filled in nothing may
                who = {"reviewer", "second", "procurement", "manager"}
            return move.target, who
    return None, set()


@pytest.mark.parametrize("state", list(State))
def test_each_move_by_each_person_is_allowed_where_the_table_says_and_nowhere_else(state, people):
    assessment = in_state(state, people)
    clients = {actor: Client() for actor in ACTORS}
    for actor, client in clients.items():
        client.force_login(people[actor])
    for button in BUTTONS:
        target, who = expected(button, state, assessment)
        with transaction.atomic():
            assessment.refresh_from_db()
            made_ready(button, assessment, people)
            before = fingerprint()
            url, data = pressed(button, assessment, people)
            for actor, client in clients.items():
                with transaction.atomic():
                    status = client.post(url, data).status_code
                    now = Assessment.objects.get(pk=assessment.pk).state
                    told = f"{actor} presses {button} in {state}: {status}"
                    if actor in who:
                        assert now == target, told
                    else:
                        assert status in {302, 403, 409, 422}, told
                        assert now == state, told
                        # the intake may be changed, which is no move
                        assert (button == "intake" and status == 302) or fingerprint() == before, (
                            told
                        )
                    transaction.set_rollback(True)
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", list(State))
def test_a_move_that_does_not_start_here_is_refused_by_itself(people, state):
    assessment = under_way(people)
    moment, manager = timezone.now(), people["manager"]
    Assessment.objects.filter(pk=assessment.pk).update(
        state=state,
        submitted_at=moment,
        approved_at=moment,
        approved_by=manager,
        as_of=timezone.localdate(),
        rejected_at=moment,
        rejected_by=manager,
        reject_reason="Sites differ",
        superseded_at=moment,
        closed_at=moment,
        closed_by=manager,
        close_reason="Left",
        cancelled_at=moment,
        cancelled_by=manager,
        cancel_reason="Not needed",
    )
    before = fingerprint()
    for verb in {move.verb for move in MOVES if move.source != state}:
        if state not in targets_of(verb):
            with pytest.raises(Refused, match="moved on"):
                move_assessment(assessment=assessment, verb=verb, by=manager)
    assert fingerprint() == before


def test_an_unknown_verb_is_a_fault_of_the_caller():
    with pytest.raises(KeyError):
        targets_of("bless")


def test_submitting_waits_for_each_must_have(assessment, officer):
    answer_all(assessment, skip=("L1",))
    with pytest.raises(Refused, match="1 must-have"):
        submit_assessment(assessment=assessment, by=officer)
    assert assessment.answers.filter(code="L1", is_answered=False).exists()


@pytest.mark.parametrize("words", ["", "   "])
def test_taking_back_and_cancelling_need_a_reason(people, manager, words):
    assessment = in_state(State.SUBMITTED, people)
    for service in (take_back_assessment, cancel_assessment):
        with pytest.raises(Refused):
            service(assessment=assessment, reason=words, by=manager)
    assert Assessment.objects.get(pk=assessment.pk).is_submitted


def test_taking_back_opens_every_answer_and_keeps_other_decisions(people, manager):
    assessment = in_state(State.SUBMITTED, people)
    take_back_assessment(assessment=assessment, reason="Name the sites", by=manager)
    row = assessment.answers.get(code="L1")
    change = AnswerChange(
        value="yes", is_answered=True, comment="All three", proposed_level="claimed"
    )
    save_answer(
        assessment=assessment, answer=row, change=change, version=row.version, by=people["owner"]
    )
    assert assessment.answers.get(code="L1").level == ""
    assert assessment.answers.get(code="L2").level == "verified"
    assert assessment.return_reason == "Name the sites"
    assert (assessment.submitted_at, assessment.submitted_by) == (None, None)


def test_one_open_assessment_a_vendor_and_framework(people):
    assessment = under_way(people)
    fields = {"owner": people["owner"], "framework": assessment.framework}
    for later in (lambda: None, lambda: submitted(assessment), lambda: reviewed(assessment)):
        later()
        with pytest.raises(Refused, match="open assessment"):
            make_assessment(vendor=assessment.vendor, **fields)
    approve_assessment(assessment=assessment, by=people["manager"])
    second = make_assessment(vendor=assessment.vendor, **fields)
    assert (second.number, second.state) == (2, State.IN_PROGRESS)


def test_an_archived_vendor_and_an_incomplete_intake_start_nothing(officer, manager):
    framework, vendor = small_framework(), make_vendor(by=officer)
    common = {"vendor": vendor, "framework": framework, "owner": officer, "by": officer}
    with pytest.raises(FaultyInput) as refusal:
        start_assessment(intake={"data_volume": 1}, **common)
    assert "spend" in {fault.path for fault in refusal.value.faults}
    archive_vendor(vendor=vendor, by=manager)
    vendor.refresh_from_db()
    with pytest.raises(Refused, match="archived"):
        start_assessment(intake=dict(HIGH_RISK), **common)
    assert not Assessment.objects.exists()


def test_intake_and_tier_are_locked_by_submission(people, manager):
    assessment = in_state(State.SUBMITTED, people)
    with pytest.raises(Refused):
        change_tier(assessment=assessment, tier=2, reason="Smaller", by=manager)
    with pytest.raises(Refused):
        change_intake(
            assessment=assessment,
            intake=dict(HIGH_RISK),
            owner=people["owner"],
            due_on=None,
            service="Voice",
            sites=[],
            helpers=[],
            by=people["owner"],
        )
    assert Assessment.objects.get(pk=assessment.pk).tier == 1
