"""The approver's decision: approve, with conditions and waivers, reject, or send back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.forms.assessments import REASON_LIMIT
from vendors.forms.conditions import ConditionForm, Conditions, WaiverForm
from vendors.models import Assessment
from vendors.queries.findings import owners
from vendors.services.approvals import seen_token

APPROVE, CONDITIONS, REJECT, SEND_BACK = "approve", "conditions", "reject", "send_back"


class DecisionForm(forms.Form):
    """Which decision, why, and that no interest stands behind it."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (APPROVE, gettext_lazy("Approve")),
            (CONDITIONS, gettext_lazy("Approve with conditions")),
            (REJECT, gettext_lazy("Reject")),
            (SEND_BACK, gettext_lazy("Send back to review")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the four.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Reason, or note to the file"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to reject and to send back. Printed on the scorecard."),
    )
    declared = forms.BooleanField(
        label=gettext_lazy("I have no conflict of interest with this vendor."),
        required=False,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A reason for what is not approved; the declaration for what is decided."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        decision, note = found.get("decision"), (found.get("note") or "").strip()
        if decision == REJECT and not note:
            self.add_error("note", _("Say why it is rejected."))
        if decision == SEND_BACK and not note:
            self.add_error("note", _("Say what the reviewers should look at again."))
        if decision and decision != SEND_BACK and not found.get("declared"):
            self.add_error(
                "declared",
                _("Declare that you have no conflict of interest, or leave it to another."),
            )
        return found


@dataclass
class DecisionForms:
    """The decision with its waivers and conditions; what is not asked for is not checked."""

    form: DecisionForm
    waivers: list[WaiverForm]
    conditions: BaseFormSet[ConditionForm]

    @classmethod
    def of(cls, assessment: Assessment, result: scoring.Result, data: Any = None) -> DecisionForms:
        """The panel for an assessment, empty or with what was typed. One query."""
        people = list(owners())
        kwargs: dict[str, Any] = {} if data is None else {"data": data}
        waivers = [
            WaiverForm(prefix=f"waive-{code}", code=code, people=people, **kwargs)
            for code in result.failed
        ]
        return cls(
            form=DecisionForm(
                auto_id="decide-%s", initial={"seen": seen_token(assessment)}, **kwargs
            ),
            waivers=waivers,
            conditions=Conditions(
                prefix="conditions",
                form_kwargs={
                    "codes": [c.code for c in assessment.framework.rules.asked(assessment.tier)],
                    "people": people,
                },
                **kwargs,
            ),
        )

    @property
    def decision(self) -> str:
        """What was decided."""
        return str(self.form.cleaned_data["decision"])

    @property
    def note(self) -> str:
        """The reason, or the note to the file."""
        return str(self.form.cleaned_data["note"])

    def is_valid(self) -> bool:
        """Whether the decision can be made as typed; errors stand at their fields."""
        if not self.form.is_valid():
            return False
        if self.decision == APPROVE and (self.waivers or self.asked()):
            self.form.add_error("decision", _clash(bool(self.waivers)))
            return False
        if self.decision != CONDITIONS:
            return True
        waived = [form.is_valid() for form in self.waivers]
        if not (self.conditions.is_valid() and all(waived)):
            return False
        if not (self.waivers or self.asked()):
            self.form.add_error("decision", _("Write a condition, or approve without any."))
            return False
        return True

    def asked(self) -> list[ConditionForm]:
        """The rows with something in them."""
        return [form for form in self.conditions.forms if form.has_changed()]

    def approval(self) -> dict[str, Any]:
        """What the service takes of a valid approval."""
        if self.decision == APPROVE:
            return {}
        return {
            "conditions": [form.condition() for form in self.asked()],
            "waivers": [form.request() for form in self.waivers],
        }

    @property
    def parts(self) -> Iterator[forms.Form]:
        """Each form of the panel with errors, for the summary."""
        yield self.form
        if self.form.is_bound and self.form.data.get("decision") == CONDITIONS:
            yield from self.waivers
            yield from self.conditions.forms


def _clash(fails: bool) -> str:  # noqa: FBT001 - one of two sentences
    if fails:
        return _("A must-have fails: approve with conditions and waive it, or reject.")
    return _("There are conditions: choose to approve with them, or take them off.")
