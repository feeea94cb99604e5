"""Choosing what a targeted reassessment asks again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.forms.certifications import DayField
from vendors.forms.findings import TEXT_LIMIT, FaultsMixin
from vendors.forms.intake import procurement_users
from vendors.models import Assessment

if TYPE_CHECKING:
    from vetting.models import User

DUE_AFTER = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Choices:
    """The criteria of one category, with how many of them are chosen."""

    category: scoring.Category
    boxes: list[tuple[scoring.Criterion, bool]]

    @property
    def chosen(self) -> int:
        """How many are chosen."""
        return sum(is_chosen for _criterion, is_chosen in self.boxes)


class ReassessmentForm(FaultsMixin, forms.Form):
    """The criteria, who answers them, until when, and why."""

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("Criteria"),
        error_messages={
            "required": gettext_lazy("Choose at least one criterion."),
            "invalid_choice": gettext_lazy("%(value)s was not asked in this assessment."),
        },
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=procurement_users().none(),
        help_text=gettext_lazy("Answers these criteria and submits them."),
    )
    due_on = DayField(label=gettext_lazy("Due on"), years_ahead=2)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LIMIT,
        error_messages={"required": gettext_lazy("Say why it is asked again.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        assessment: Assessment,
        user: User,
        codes: list[str],
    ) -> None:
        rules = assessment.framework.rules
        self.by_category = rules.asked_by_category(assessment.tier)
        asked = [item.code for _category, items in self.by_category for item in items]
        initial = {
            "codes": [code for code in codes if code in asked],
            "owner": user.pk,
            "due_on": timezone.localdate() + DUE_AFTER,
        }
        super().__init__(data, initial=initial)
        cast("forms.MultipleChoiceField", self.fields["codes"]).choices = [
            (code, code) for code in asked
        ]
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = procurement_users()

    @property
    def groups(self) -> Iterator[Choices]:
        """All criteria by category, ticked as chosen."""
        chosen = set(self["codes"].value() or [])
        for category, items in self.by_category:
            yield Choices(category, [(item, item.code in chosen) for item in items])
