"""Documents of the evidence register as somebody types them."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from vendors.filetypes import ENDINGS
from vendors.forms.certifications import YEARS_AHEAD, DayField
from vendors.models import Certification, Evidence, Vendor

#: What the browser's window for choosing files shows.
ACCEPT = ",".join(sorted(f".{ending}" for endings in ENDINGS.values() for ending in endings))
HELP = _("PDF, PNG, JPEG, DOCX, XLSX, CSV, TXT or EML. 25 MB at most.")


class Files(forms.ClearableFileInput):
    """One or several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; what they are is looked at when they are taken in."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", Files(attrs={"accept": ACCEPT}))
        super().__init__(allow_empty_file=True, max_length=None, **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files in their order. Raises ValidationError where there are none."""
        files = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)
        return files


class _Form(forms.Form):
    """Drawn within a form of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class DetailsForm(_Form):
    """Title, issuer, term, and the register entry that a document is the certificate of."""

    title = forms.CharField(label=_("Title"), max_length=200)
    issuer = forms.CharField(label=_("Issued by"), max_length=160, required=False)
    issued_on = DayField(label=_("Issued on"), years_ahead=1)
    expires_on = DayField(
        label=_("Ends on"),
        years_ahead=YEARS_AHEAD,
        help_text=_("Left empty: it has no end, or none is known."),
    )
    certification = forms.ModelChoiceField(
        queryset=Certification.objects.none(),
        label=_("Certificate of"),
        required=False,
        empty_label=_("None of the register"),
    )
    names = ("title", "issuer", "issued_on", "expires_on", "certification")

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = Certification.objects.filter(vendor=vendor, removed_at=None)
        self.fields["certification"].queryset = entries  # type: ignore[attr-defined]
        if not entries:
            del self.fields["certification"]
        shown = [name for name in self.names if name in self.fields]
        self.helper.layout = Layout(*self.first_fields(), Div(*shown, css_class="fgrid"))

    def first_fields(self) -> list[str]:
        """Fields above the details."""
        return []

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the day of issue, at the field where the end stands."""
        super().clean()
        issued, ends = self.cleaned_data.get("issued_on"), self.cleaned_data.get("expires_on")
        if issued and ends and ends < issued:
            self.add_error("expires_on", _("The end lies before the day of issue."))
        return self.cleaned_data

    @property
    def details(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}

    @staticmethod
    def values_of(evidence: Evidence) -> dict[str, Any]:
        """What stands in the form at first."""
        return {name: getattr(evidence, name) for name in DetailsForm.names}


class AddForm(DetailsForm):
    """One or several files with what is true of all of them."""

    documents = FilesField(label=_("Files"), help_text=HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Left empty, or with several files: the file's name.")

    def first_fields(self) -> list[str]:
        """The files come first."""
        return ["documents"]


class ReplaceForm(_Form):
    """The new file and why it replaces the other."""

    documents = forms.FileField(
        label=_("New file"),
        help_text=HELP,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    reason = forms.CharField(
        label=_("Why it is replaced"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RemoveForm(_Form):
    """Why a document leaves the register."""

    reason = forms.CharField(
        label=_("Why it is removed"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CiteForm(_Form):
    """Documents for an answer: new files, or one of the register, and the page that is cited."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    documents = FilesField(label=_("New files"), help_text=HELP, required=False)
    evidence = forms.ModelChoiceField(
        queryset=Evidence.objects.none(),
        label=_("Or a document of the register"),
        required=False,
        to_field_name="public_id",
        empty_label=_("None"),
    )
    page = forms.CharField(
        label=_("Page cited"),
        max_length=60,
        required=False,
        help_text=_("Such as 4 or 4 to 6. Left empty, the whole document is cited."),
    )

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: What is to be said of files that the register has already.
        self.known: list[str] = []
        self.fields["evidence"].queryset = Evidence.objects.kept().filter(vendor=vendor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something must be cited."""
        super().clean()
        if not self.errors and not (
            self.cleaned_data["documents"] or self.cleaned_data["evidence"]
        ):
            self.add_error("documents", _("Choose a file or a document of the register."))
        return self.cleaned_data
