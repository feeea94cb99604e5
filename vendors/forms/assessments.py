"""Small forms on the page of an assessment: a reason, another tier."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.models import Assessment

REASON_LIMIT = 2000


class ReasonForm(forms.Form):
    """Why something is cancelled or returned."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    def __init__(self, *args: Any, required: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if required:
            self.fields["reason"].error_messages["required"] = required


class TierForm(forms.Form):
    """Another tier. A reason is needed where it asks fewer questions than the risk calls for."""

    tier = forms.TypedChoiceField(
        label=gettext_lazy("Tier"),
        coerce=int,
        choices=[(str(tier), str(tier)) for tier in scoring.TIERS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a tier.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed for fewer questions than proposed."),
    )

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposed = assessment.proposed_tier or assessment.tier

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the tier is lowered."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        lowered = (found.get("tier") or self.proposed) > self.proposed
        if lowered and not (found.get("reason") or "").strip():
            self.add_error("reason", _("Say why fewer questions are enough."))
        return found
