"""An entry of the certification register as somebody types it, and what is done with it."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vendors.forms.assessments import REASON_LIMIT
from vendors.models import Certification

if TYPE_CHECKING:
    CertificationModelForm = forms.ModelForm[Certification]
else:
    CertificationModelForm = forms.ModelForm

#: The first year that a certification may name, and how many years from now it may end.
FIRST_YEAR = 1990
YEARS_AHEAD = 15
#: What people type where the browser has no calendar.
DAY_FORMATS = ["%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%d/%m/%Y"]


class DayField(forms.DateField):
    """A day of a year that makes sense for a certification."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, *, years_ahead: int, **options: Any) -> None:
        self.years_ahead = years_ahead
        super().__init__(input_formats=DAY_FORMATS, required=False, **options)

    def validate(self, value: date | None) -> None:
        """Refuse a year that is most likely a slip. Raises ValidationError."""
        super().validate(value)
        last = timezone.localdate().year + self.years_ahead
        if value is not None and not FIRST_YEAR <= value.year <= last:
            raise ValidationError(
                _("The year %(year)s is unusual. Enter one from %(first)d to %(last)d."),
                code="year",
                params={"year": f"{value.year:04}", "first": FIRST_YEAR, "last": last},
            )


class CertificationForm(CertificationModelForm):
    """Standard, level, issuer, number and term. The standards of the framework are suggested."""

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    issued_on = DayField(label=_("Issued on"), years_ahead=1)
    expires_on = DayField(
        label=_("Ends on"),
        years_ahead=YEARS_AHEAD,
        help_text=_("Leave it empty only where it never ends."),
    )

    class Meta:
        model = Certification
        fields = ("standard", "level", "issuer", "number", "issued_on", "expires_on")
        labels = {"issuer": _("Issued by")}  # noqa: RUF012 - read once by the metaclass
        help_texts = {  # noqa: RUF012
            "standard": _("Choose one that the framework asks about, or type another."),
            "level": _("Type II, level 3 and the like, where the standard has levels."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["standard"].widget.attrs |= {"list": "standards", "autocomplete": "off"}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            "version",
            Div(*self.Meta.fields, css_class="fgrid"),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the day of issue, at the field where the end stands."""
        super().clean()
        issued, ends = self.cleaned_data.get("issued_on"), self.cleaned_data.get("expires_on")
        if issued and ends and ends < issued:
            self.add_error("expires_on", _("The end lies before the day of issue."))
        return self.cleaned_data

    def upon(self, current: Certification) -> CertificationForm:
        """What was typed, to be saved upon what somebody else stored meanwhile."""
        data = {name: self.data[name] for name in self.data} | {"version": str(current.version)}
        form = CertificationForm(data, instance=copy(current))
        form.is_valid()
        return form


class VersionedForm(forms.Form):
    """A form on an entry as it was read; a save on a newer one is refused."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, entry: Certification, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("version", entry.version)
        super().__init__(*args, **kwargs)


class VerificationForm(VersionedForm):
    """Where somebody checked an entry."""

    where = forms.CharField(
        label=_("Where you checked it"),
        max_length=300,
        help_text=_("The address in the issuer's register, or that you saw the certificate."),
        error_messages={"required": _("Say where you checked it.")},
    )


class StandingForm(VersionedForm):
    """Since when an entry is suspended, withdrawn or back in force, and why."""

    on = DayField(label=_("Since"), years_ahead=0)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the issuer says, and where you know it from."),
        error_messages={"required": _("Say why, and where you know it from.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].required = True
        self.fields["on"].error_messages["required"] = _("Enter the day from which it is so.")

    def clean_on(self) -> date:
        """A day that has come. Raises ValidationError for one ahead."""
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day lies ahead. Enter the day from which it is so."))
        return day


class RemovalForm(VersionedForm):
    """Why an entry leaves the register."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why it leaves the register.")},
    )
