"""What an approval asks for: conditions, and waivers of failed must-haves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.forms.formsets import formset_factory
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors.forms.assessments import REASON_LIMIT
from vendors.models import DUE_DAYS, Severity
from vendors.services.approvals import Condition
from vendors.services.waivers import WAIVER_SEVERITY, WaiverRequest, waiver_faults

if TYPE_CHECKING:
    from vetting.models import User

MOST_CONDITIONS = 20
#: Rows to fill in where no script adds any.
BLANK_ROWS = 3


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _owner_field(label: Any) -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(
        label=label,
        queryset=get_user_model().objects.none(),
        error_messages={"required": gettext_lazy("Choose who sees to it.")},
    )


class WaiverForm(forms.Form):
    """Letting one failed must-have pass until a day, with what puts it right."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, printed wherever the score is"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why it may pass for a while.")},
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Ends on"),
        widget=_day(),
        error_messages={"required": gettext_lazy("Enter the day the waiver ends.")},
        help_text=gettext_lazy("12 months ahead at most."),
    )
    action = forms.CharField(
        label=gettext_lazy("What will be done"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say what will be done.")},
    )
    owner = _owner_field(gettext_lazy("Seen to by"))
    due_on = forms.DateField(
        label=gettext_lazy("Done by"),
        widget=_day(),
        error_messages={"required": gettext_lazy("Enter the day it is done by.")},
    )

    def __init__(self, *args: Any, code: str, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        offer_people(self, people)
        self.fields["due_on"].help_text = (
            _("%d days from today at most.") % DUE_DAYS[WAIVER_SEVERITY]
        )

    def clean(self) -> dict[str, Any]:
        """What the service would refuse, each at its field."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for fault in waiver_faults(self._request(found, found.get("owner"))):
            if fault.path not in self.errors:
                self.add_error(fault.path, fault.message)
        if "due_on" not in self.errors:
            _check_due(self, found.get("due_on"), WAIVER_SEVERITY)
        return found

    def request(self) -> WaiverRequest:
        """What the service takes of a valid form."""
        return self._request(self.cleaned_data, self.cleaned_data["owner"])

    def _request(self, found: Mapping[str, Any], owner: Any) -> WaiverRequest:
        return WaiverRequest(
            code=self.code,
            reason=found.get("reason") or "",
            ends_on=found.get("ends_on"),
            owner=owner,
            action=found.get("action") or "",
            due_on=found.get("due_on"),
        )


class ConditionForm(forms.Form):
    """One condition; it becomes a finding with a corrective action."""

    title = forms.CharField(
        label=gettext_lazy("Condition"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say what is asked for in one line.")},
    )
    code = forms.ChoiceField(label=gettext_lazy("Criterion"), required=False)
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=[("", gettext_lazy("Choose")), *Severity.choices],
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    owner = _owner_field(gettext_lazy("Seen to by"))
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        widget=_day(),
        error_messages={"required": gettext_lazy("Enter the day it is due.")},
    )

    def __init__(self, *args: Any, codes: Sequence[str], people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("None")), *((code, code) for code in codes)]
        cast("forms.ChoiceField", self.fields["code"]).choices = offered
        offer_people(self, people)

    def clean(self) -> dict[str, Any]:
        """A day that the severity allows."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("severity") and "due_on" not in self.errors:
            _check_due(self, found.get("due_on"), Severity(found["severity"]))
        return found

    def condition(self) -> Condition:
        """What the service takes of a valid form."""
        names = ["title", "code", "severity", "owner", "due_on"]
        return Condition(**{name: self.cleaned_data[name] for name in names})


def _check_due(form: forms.Form, day: date | None, severity: Severity) -> None:
    """Add an error to `due_on` where the day is past, or later than the severity allows."""
    if day is None:
        return
    today = timezone.localdate()
    latest = today + timedelta(days=DUE_DAYS[severity])
    if not today <= day <= latest:
        form.add_error(
            "due_on",
            _("%(severity)s is put right within %(days)d days from today.")
            % {"severity": severity.label, "days": DUE_DAYS[severity]},
        )


def offer_people(form: forms.Form, people: list[User]) -> None:
    """The people to choose from; read once for all rows."""
    field = cast("forms.ModelChoiceField[Any]", form.fields["owner"])
    field.queryset = get_user_model().objects.filter(pk__in=[person.pk for person in people])
    field.choices = [("", _("Choose")), *((person.pk, str(person)) for person in people)]


Conditions = formset_factory(
    ConditionForm,
    extra=BLANK_ROWS,
    max_num=MOST_CONDITIONS,
    validate_max=True,
)
