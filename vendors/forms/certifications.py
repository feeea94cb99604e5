"""An entry of the certification register as somebody types it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        self.fields["standard"].widget.attrs |= {"list": "standards", "autocomplete": "off"}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Div(*self.Meta.fields, css_class="fgrid"),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the day of issue, at the field where the end stands."""
        super().clean()
        issued, ends = self.cleaned_data.get("issued_on"), self.cleaned_data.get("expires_on")
        if issued and ends and ends < issued:
            self.add_error("expires_on", _("The end lies before the day of issue."))
        return self.cleaned_data
