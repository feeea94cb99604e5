"""Keeping a comparison, recording the choice, correcting and withdrawing, as people type them."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from scorecards.models import Choice
from scorecards.queries.saved import Option

PURPOSE_LIMIT = 200
TEXT_LIMIT = 4_000
#: A reason that is printed, or stands in a line of a list.
REASON_LIMIT = 500
#: Longer numbers are no keys of rows.
_KEY_DIGITS = 18


class SaveForm(forms.Form):
    """What a comparison is kept for."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=PURPOSE_LIMIT,
        help_text=gettext_lazy("What it is to decide, such as “Voice support 2027, shortlist”."),
        error_messages={"required": gettext_lazy("Say what the comparison is for.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Optional. What a later reader should know, such as why these weights."
        ),
    )


class ChooseForm(forms.Form):
    """Which vendor, why, and which choice was in force when the form was drawn."""

    vendor = forms.ChoiceField(
        label=gettext_lazy("Vendor"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a vendor."),
            "invalid_choice": gettext_lazy(
                "This vendor cannot be chosen. Choose one of those offered."
            ),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Who stands behind this choice must be able to defend it later."),
        error_messages={"required": gettext_lazy("Say why this vendor was chosen.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, options: Sequence[Option], typed: QueryDict | None = None, *, seen: int = 0
    ) -> None:
        super().__init__(typed, initial={"seen": seen or ""})
        self.options = options
        field = self.fields["vendor"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(item.id, item.name) for item in options if item.is_open]

    @property
    def chosen(self) -> str:
        """The vendor ticked so far."""
        return str(self["vendor"].value() or "")

    def see(self, choice: Choice | None) -> None:
        """Draw the form anew against the choice in force now; the rest stays as it was typed."""
        typed = QueryDict(mutable=True)
        typed.update({**dict(self.data.items()), "seen": str(choice.pk) if choice else ""})
        self.data = typed

    @property
    def seen_key(self) -> int:
        """The key of the choice that was seen; 0 for none."""
        text = self.cleaned_data["seen"]
        return int(text) if text.isdecimal() and len(text) <= _KEY_DIGITS else 0


class CorrectForm(forms.Form):
    """What was wrong with an issue, and what would change when the form was drawn."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Printed on the new issue, such as “The name of the site was misspelt”."
        ),
        error_messages={"required": gettext_lazy("Say what was wrong.")},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def see(self, seen: str) -> None:
        """Draw the form anew against what would change now; the rest stays as it was typed."""
        typed = QueryDict(mutable=True)
        typed.update({**dict(self.data.items()), "seen": seen})
        self.data = typed


class WithdrawForm(forms.Form):
    """Why a document no longer stands."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Kept in the register and in the audit trail, where staff can read it."
        ),
        error_messages={"required": gettext_lazy("Say why it no longer stands.")},
    )
