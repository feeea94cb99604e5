"""A framework file, its publication, and the weights of a profile, as somebody types them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.forms.assessments import REASON_LIMIT

#: Bytes of a framework file; the reader refuses more as well.
FILE_LIMIT = 2_000_000
_FIELD = "weight_"
#: Weights stand in an address as w_LAB=12.5.
_ASKED = "w_"
#: Numbers of an address with an exponent beyond this are none.
DIGITS = 20


class FrameworkFileForm(forms.Form):
    """A YAML file, in UTF-8."""

    file = forms.FileField(
        label=gettext_lazy("Framework file"),
        help_text=gettext_lazy(
            "YAML in UTF-8, 2 MB at most. Nothing is published by uploading it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,application/yaml"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> str:
        """The text of the file. Raises ValidationError for one that is too large or not text."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > FILE_LIMIT:
            raise ValidationError(_("The file is larger than 2 MB."))
        try:
            return bytes(upload.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(
                _("The file is not text in UTF-8. Save it as UTF-8 and upload it again.")
            ) from error


class PublishForm(forms.Form):
    """The version, typed again, and why."""

    reason = forms.CharField(
        label=gettext_lazy("What changes and why"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what changes and why.")},
    )
    version = forms.CharField(
        label=gettext_lazy("Type the version to confirm"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type the version.")},
    )


class WeightField(forms.CharField):
    """Points from 0 to 100, with a decimal point or comma, at most three decimals."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """The exact number. Raises ValidationError for anything else."""
        text = str(value or "").strip().replace(",", ".")
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValidationError(_("Enter points from 0 to 100.")) from None
        if not number.is_finite() or not 0 <= number <= 100:
            raise ValidationError(_("Enter points from 0 to 100."))
        if int(number.normalize().as_tuple().exponent) < -3:
            raise ValidationError(_("Three decimals are enough."))
        return number


class ProfileForm(forms.Form):
    """Name, description, a weight for each category of a framework, and why."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=REASON_LIMIT, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Why these weights"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit trail."),
        error_messages={"required": gettext_lazy("Say why the weights are so.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, rules: scoring.Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        for category in rules.categories:
            field = WeightField(label=category.name)
            field.error_messages["required"] = _("Enter points from 0 to 100.")
            self.fields[_FIELD + category.code] = field

    @property
    def weight_fields(self) -> Iterator[BoundField]:
        """The weights in the order of the framework."""
        return (self[_FIELD + category.code] for category in self.rules.categories)

    @property
    def weights(self) -> dict[str, Decimal]:
        """Points by category code, once the form is valid."""
        return {
            category.code: self.cleaned_data[_FIELD + category.code]
            for category in self.rules.categories
        }

    def add_fault(self, path: str, message: str) -> None:
        """Show a fault of the service at the field that it is about."""
        if _FIELD + path in self.fields:
            self.add_error(_FIELD + path, message)
        else:
            self.add_error(path if path in self.fields else None, message)


def initial_weights(rules: scoring.Framework, weights: dict[str, Any]) -> dict[str, Any]:
    """What the fields hold at first."""
    return {_FIELD + category.code: weights.get(category.code, "") for category in rules.categories}


def weights_asked(
    rules: scoring.Framework, query: Mapping[str, str]
) -> tuple[dict[str, str] | None, str]:
    """The weights of an address such as w_LAB=12.5&..., in sum 100 with two decimals, and a fault.

    None where it brings none, or none that can be used; then the second says so. What rounding
    takes goes to the categories that lost most by it.
    """
    texts = {c.code: query[_ASKED + c.code] for c in rules.categories if _ASKED + c.code in query}
    if not texts:
        return None, ""
    shares = {}
    for code, text in texts.items():
        try:
            number = Decimal(text.strip().replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not 0 <= number <= 100 or abs(number.adjusted()) > DIGITS:
            return None, _("The weights of the address cannot be used: each is from 0 to 100.")
        shares[code] = Fraction(number)
    total = sum(shares.values(), Fraction(0))
    if not total:
        return None, _("The weights of the address cannot be used: they sum to 0.")
    exact = {c.code: 100 * shares.get(c.code, Fraction(0)) / total for c in rules.categories}
    return _to_hundredths(exact), ""


def _to_hundredths(exact: dict[str, Fraction]) -> dict[str, str]:
    """Percents with two decimals that keep their sum of 100, by the largest remainder."""
    whole = {code: int(100 * value) for code, value in exact.items()}
    by_loss = sorted(exact, key=lambda code: 100 * exact[code] - whole[code], reverse=True)
    for code in by_loss[: 100 * 100 - sum(whole.values())]:
        whole[code] += 1
    return {code: scoring.number_text(Decimal(value).scaleb(-2)) for code, value in whole.items()}
