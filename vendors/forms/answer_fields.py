"""The kinds of field that an answer is made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy

OUTSIDE_ANY_CALENDAR = gettext_lazy("Check the year.")


class Prose(forms.CharField):
    """Text of several lines, with the line ends that are stored."""

    def __init__(self, rows: int) -> None:
        area = forms.Textarea(attrs={"rows": rows, "class": "form-control"})
        super().__init__(required=False, widget=area)

    def to_python(self, value: Any) -> str:
        """The text with plain line ends; browsers post the other kind."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n")


class Day(forms.DateField):
    """A day that somebody may have meant: a year of four digits, from 1900 to 2199."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y"],
            widget=day_input(),
            error_messages={"invalid": gettext_lazy("Enter a date such as 2026-11-21.")},
            validators=[
                MinValueValidator(date(1900, 1, 1), OUTSIDE_ANY_CALENDAR),
                MaxValueValidator(date(2199, 12, 31), OUTSIDE_ANY_CALENDAR),
            ],
        )


def day_input(**attrs: str) -> forms.DateInput:
    """A control for a day, which browsers show in the reader's own way."""
    attrs = {"type": "date", "class": "form-control", **attrs}
    return forms.DateInput(attrs=attrs, format="%Y-%m-%d")
