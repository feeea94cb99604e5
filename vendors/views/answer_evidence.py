"""Documents at one answer: dropped, chosen, pasted or taken from the register, and taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.evidence import CiteForm
from vendors.models import Answer, Assessment, Evidence
from vendors.permissions import can_change
from vendors.queries.assessments import assessment_for
from vendors.queries.evidence import evidence_for, links_of
from vendors.services.evidence import link_evidence, receive_evidence, unlink_evidence
from vendors.services.refusals import Refused, StaleAnswer
from vendors.views.evidence import UNPROCESSABLE, added_words

if TYPE_CHECKING:
    from vetting.models import User


def who_links(assessment: Assessment) -> str:
    """Who may change what an answer cites, for those who may not."""
    owner = assessment.owner.get_full_name() if assessment.owner else _("the owner")
    return _(
        "Only %(owner)s and the named helpers change evidence here, and only of answers that are open."
    ) % {"owner": owner}


def _answer_of(request: StaffRequest, public_id: UUID, code: str) -> tuple[Assessment, Answer]:
    """The answer among those that the person sees, if they may change it."""
    assessment = get_object_or_404(assessment_for(request.user, public_id))
    answer = get_object_or_404(assessment.answers, code=code)
    permit(can_change(request.user, assessment, answer), who_links(assessment))
    return assessment, answer


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_evidence(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """What an answer cites, and new documents for it."""
    assessment, answer = _answer_of(request, public_id, code)
    is_sent, vendor = request.method == "POST", assessment.vendor
    initial = {"version": answer.version}
    form = (
        CiteForm(request.POST, request.FILES, vendor=vendor)
        if is_sent
        else CiteForm(vendor=vendor, initial=initial)
    )
    saves = 0
    if is_sent and form.is_valid():
        saves = _cite(request, assessment, answer, form)
    if request.htmx:
        return _reply(request, assessment, answer, form, saves)
    if is_sent and form.is_valid():
        for words in form.known:
            messages.success(request, words)
        return redirect(request.path)
    context = {"assessment": assessment, "answer": answer, "form": form, "can_change": True}
    context |= {"vendor": vendor, "links": _links(answer)}
    context["criterion"] = assessment.framework.rules.criterion(code)
    status = UNPROCESSABLE if is_sent else 200
    return render(request, "vendors/evidence/answer.html", context, status=status)


def _cite(request: StaffRequest, assessment: Assessment, answer: Answer, form: CiteForm) -> int:
    """Add what is new and link all of it; each fault stands at its field. How many saves it took."""
    found: list[Evidence] = [form.cleaned_data["evidence"]] if form.cleaned_data["evidence"] else []
    for file in form.cleaned_data["documents"]:
        try:
            evidence, is_new = receive_evidence(
                vendor=assessment.vendor, upload=file, title="", by=request.user
            )
        except Refused as error:
            form.add_error("documents", str(error))
            continue
        found.append(evidence)
        if not is_new:
            form.known.append(added_words(evidence, is_new=False))
    version, page, saves = form.cleaned_data["version"], form.cleaned_data.get("page", ""), 0
    for evidence in found:
        before = answer.version
        try:
            _link(
                assessment=assessment,
                answer=answer,
                evidence=evidence,
                page=page,
                version=version,
                by=request.user,
            )
        except Refused as error:
            form.add_error(None, str(error))
        saves += answer.version > before
        version = answer.version
    return saves


def _link(
    *,
    assessment: Assessment,
    answer: Answer,
    evidence: Evidence,
    page: str,
    version: int,
    by: User,
) -> None:
    """Link a document. A link takes nothing away, so a save meanwhile is no reason to refuse it."""
    try:
        link_evidence(
            assessment=assessment,
            answer=answer,
            evidence=evidence,
            page=page,
            version=version,
            by=by,
        )
    except StaleAnswer as error:
        answer.refresh_from_db()
        link_evidence(
            assessment=assessment,
            answer=answer,
            evidence=evidence,
            page=page,
            version=error.current.version,
            by=by,
        )


def _links(answer: Answer) -> object:
    return links_of([answer]).get(answer.code, ())


def _reply(
    request: StaffRequest,
    assessment: Assessment,
    answer: Answer,
    form: CiteForm | None,
    saves: int,
) -> HttpResponse:
    """The part of the page about the answer's evidence, with the versions before and after.

    A page that knows the version before may go on with the one after: only evidence was changed.
    """
    answer.refresh_from_db()
    errors = form.errors if form is not None else {}
    context = {
        "assessment": assessment,
        "answer": answer,
        "links": _links(answer),
        "can_change": True,
        "form": form,
        "said": form.known if form is not None else [],
    }
    status = UNPROCESSABLE if errors else 200
    template = "vendors/evidence/_uploaded.html" if errors else "vendors/evidence/_at_answer.html"
    response = render(request, template, context, status=status)
    response.headers["X-Answer-Version"] = f"{answer.version - saves} {answer.version}"
    return response


@staff_required
@require_POST
def answer_evidence_unlink(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Take a document off an answer; it stays in the register."""
    assessment, answer = _answer_of(request, public_id, code)
    before, wanted, version = answer.version, _id_of(request), _version_of(request)
    evidence = evidence_for(request.user, wanted).first() if wanted else None
    if evidence is None or version is None:
        messages.error(request, _("Choose a document that the answer cites."))
        return redirect("vendors:answer-evidence", assessment.public_id, answer.code)
    try:
        unlink_evidence(
            assessment=assessment,
            answer=answer,
            evidence=evidence,
            version=version,
            by=request.user,
        )
    except StaleAnswer:
        messages.error(request, _("Somebody changed the answer meanwhile. Look again."))
    except Refused as error:
        messages.error(request, str(error))
    if request.htmx:
        return _reply(request, assessment, answer, None, int(answer.version > before))
    return redirect("vendors:answer-evidence", assessment.public_id, answer.code)


def _id_of(request: StaffRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("evidence", ""))
    except ValueError:
        return None


def _version_of(request: StaffRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
