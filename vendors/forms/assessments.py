"""Small forms on the page of an assessment: a reason, another tier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.models import Assessment
from vendors.services.closings import Leaving

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


class ClosingForm(forms.Form):
    """How the vendor's leaving was settled."""

    data_done = forms.BooleanField(
        label=gettext_lazy("Our data was returned or deleted"),
        error_messages={"required": gettext_lazy("Tick it once it is settled.")},
    )
    data_note = forms.CharField(
        label=gettext_lazy("Reference of the certificate, or how"),
        max_length=REASON_LIMIT,
        error_messages={"required": gettext_lazy("Say how, with a reference.")},
    )
    access_done = forms.BooleanField(
        label=gettext_lazy("Access was revoked"),
        error_messages={"required": gettext_lazy("Tick it once it is settled.")},
    )
    access_note = forms.CharField(
        label=gettext_lazy("Which access, and when"),
        max_length=REASON_LIMIT,
        error_messages={"required": gettext_lazy("Say which, and when.")},
    )
    people_done = forms.BooleanField(
        label=gettext_lazy("What happens to the people was checked"),
        error_messages={"required": gettext_lazy("Tick it once it is settled.")},
    )
    people_note = forms.CharField(
        label=gettext_lazy("Notice, pay and transfer of those who worked for us"),
        max_length=REASON_LIMIT,
        error_messages={"required": gettext_lazy("Say what was found.")},
    )

    @property
    def steps(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each step: what it is about, its tick, and its note."""
        titles = {"data": _("1. Data"), "access": _("2. Access"), "people": _("3. People")}
        for name, title in titles.items():
            yield title, self[f"{name}_done"], self[f"{name}_note"]

    def leaving(self) -> Leaving:
        """What the service takes of a valid form."""
        names = ["data", "access", "people"]
        return Leaving(**{name: self.cleaned_data[f"{name}_note"] for name in names})


class AttestationForm(forms.Form):
    """Submitting attests that the answers are true."""

    attested = forms.BooleanField(
        label=gettext_lazy("The answers are true to the best of my knowledge."),
        error_messages={"required": gettext_lazy("Attest that the answers are true.")},
    )
