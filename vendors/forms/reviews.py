"""Forms of the review: a decision on one answer, approval, return."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors.forms.assessments import REASON_LIMIT
from vendors.queries.review_rows import RATINGS, ReviewRow
from vendors.services.reviews import Decision


class DecisionForm(forms.Form):
    """A level for an answer, a rating for a text, consent to not applicable."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    level = forms.ChoiceField(
        label=gettext_lazy("Evidence level"),
        error_messages={
            "required": gettext_lazy("Choose an evidence level."),
            "invalid_choice": gettext_lazy(
                "A level is confirmed or lowered, not raised. Return the answer instead."
            ),
        },
    )
    rating = forms.TypedChoiceField(
        label=gettext_lazy("Rating"),
        coerce=int,
        empty_value=None,
        choices=[(str(number), str(number)) for number in RATINGS],
        error_messages={
            "required": gettext_lazy("Rate the text from 0 to 5."),
            "invalid_choice": gettext_lazy("Enter a whole number from 0 to 5."),
        },
    )
    consented = forms.BooleanField(label=gettext_lazy("Consent"), required=False)

    def __init__(self, *args: Any, row: ReviewRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = cast("forms.ChoiceField", self.fields["level"])
        level.choices = [(option.value, option.label) for option in row.levels]
        if row.answer.not_applicable:
            del self.fields["level"], self.fields["rating"]
            return
        del self.fields["consented"]
        if not row.is_text:
            del self.fields["rating"]

    def decision(self) -> Decision:
        """What was decided, of a valid form."""
        found = self.cleaned_data
        return Decision(
            level=found.get("level", ""),
            rating=found.get("rating"),
            consented=found.get("consented", False),
        )

    @property
    def typed(self) -> dict[str, str]:
        """What was chosen, valid or not, to be shown again."""
        return {name: self.data.get(name, "") for name in ("level", "rating", "consented")}

    @property
    def faults(self) -> list[str]:
        """What is wrong, in sentences."""
        found = [str(error) for name in self.errors for error in self.errors[name]]
        if "version" in self.errors:
            return [_("The page is incomplete. Load it again.")]
        return found


class ApprovalForm(forms.Form):
    """A note to the file, if there is something to say."""

    note = forms.CharField(
        label=gettext_lazy("Note to the file"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Why this decision. Stands in the scorecard."),
    )
