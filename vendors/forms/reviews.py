"""Forms of the review: taking it, a decision on one answer, a settled difference."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from vendors import scoring
from vendors.queries.review_lines import ReviewLine
from vendors.queries.review_rows import RATINGS
from vendors.scoring import TEXT_LIMIT
from vendors.services.refusals import FaultyInput
from vendors.services.reviews import Decision


class TakeForm(forms.Form):
    """The declaration that goes with a review."""

    declared = forms.BooleanField(
        label=_("I declare no conflict of interest"),
        help_text=_("No tie to the vendor or its people, and no part in these answers."),
        error_messages={
            "required": _("Declare that you have no conflict of interest, or leave it to others.")
        },
    )


class DecisionForm(forms.Form):
    """Level, rating of a text, consent to not applicable, remark; only what fits the answer."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    mark = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)
    level = forms.ChoiceField(
        label=_("Evidence level"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose an evidence level."),
            "invalid_choice": _("This evidence level is not in the framework."),
        },
    )
    rating = forms.TypedChoiceField(
        label=_("Rating"),
        coerce=int,
        empty_value=None,
        choices=[(str(number), str(number)) for number in RATINGS],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Rate the text from 0 to 5."),
            "invalid_choice": _("Rate the text from 0 to 5."),
        },
    )
    consented = forms.BooleanField(label=_("I agree that it does not apply"), required=False)
    remark = forms.CharField(
        label=_("How you checked, or what to change"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Use at most 10,000 characters.")},
    )

    def __init__(
        self, *args: Any, line: ReviewLine, rules: scoring.Framework, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        level = cast("forms.ChoiceField", self.fields["level"])
        level.choices = [(item.value, item.label) for item in rules.scoring.evidence_levels]
        if line.answer.not_applicable:
            del self.fields["level"], self.fields["rating"]
            return
        del self.fields["consented"]
        if not line.is_text:
            del self.fields["rating"]

    def decision(self) -> Decision:
        """What was decided, of a valid form."""
        found = self.cleaned_data
        return Decision(
            level=found.get("level", ""),
            rating=found.get("rating"),
            consented=found.get("consented", False),
            remark=found.get("remark", ""),
        )

    def add_faults(self, refusal: FaultyInput) -> None:
        """Say at each field what the service refused."""
        for fault in refusal.faults:
            self.add_error(fault.path if fault.path in self.fields else None, fault.message)


class SettleForm(DecisionForm):
    """The same for a difference; its remark is the reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].label = _("Why this level stands")


class ReturnForm(forms.Form):
    """An answer sent back with what is missing."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    remark = forms.CharField(
        max_length=TEXT_LIMIT,
        error_messages={
            "required": _("Say what is missing, so that it can be mended."),
            "max_length": _("Use at most 10,000 characters."),
        },
    )


def usual(line: ReviewLine, mark_version: int) -> dict[str, Any]:
    """What a form starts with: what is decided, else the level that was proposed."""
    answer = line.answer
    return {
        "version": answer.version,
        "mark": mark_version,
        "level": answer.level or answer.proposed_level or scoring.CLAIMED,
        "rating": "" if answer.rating is None else str(answer.rating),
        "consented": answer.consented,
        "remark": answer.remark,
    }
