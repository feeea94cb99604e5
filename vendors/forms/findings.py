"""Findings and their corrective actions as people type them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors.forms.certifications import DayField
from vendors.models import (
    Assessment,
    CorrectiveAction,
    EvidenceFile,
    Finding,
    Severity,
    Vendor,
)
from vendors.queries.finding_rows import SORTS, VIEWS, FindingFilters, FindingOptions
from vendors.queries.findings import criterion_codes, offered_proof, owners
from vendors.scoring import Fault

if TYPE_CHECKING:
    from vetting.models import User

    FilesBase = forms.ModelMultipleChoiceField[EvidenceFile]
else:
    FilesBase = forms.ModelMultipleChoiceField

TEXT_LIMIT = 4_000
MOST_LETTERS = 100
#: A severity with the days that it gives.
SEVERITIES = [
    (Severity.CRITICAL.value, gettext_lazy("Critical, 30 days")),
    (Severity.MAJOR.value, gettext_lazy("Major, 90 days")),
    (Severity.MINOR.value, gettext_lazy("Minor, 180 days")),
]


def read_finding_filters(params: QueryDict, options: FindingOptions) -> FindingFilters:
    """The filters that an address holds; what it gets wrong is left out."""

    def known(name: str, offered: Sequence[tuple[str, object]]) -> str:
        value = params.get(name, "")
        return value if value in dict(offered) else ""

    view, sort = params.get("view", ""), params.get("sort", "")
    return FindingFilters(
        view=view if view in VIEWS else "open",
        q=" ".join(params.get("q", "").replace("\x00", "").split())[:MOST_LETTERS],
        severity=known("severity", SEVERITIES),
        vendor=known("vendor", options.vendors),
        owner=known("owner", options.owners),
        sort=sort if sort.removeprefix("-") in SORTS else "due",
    )


def _text(label: Any, *, rows: int = 3, required: bool = False, **options: Any) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, widget=widget, required=required, max_length=TEXT_LIMIT, **options
    )


def _owner() -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=owners().none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose a person"),
    )


def _severity() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Severity"), choices=SEVERITIES)


class FaultsMixin:
    """Shows at the fields what a service found wrong."""

    def take_faults(self, faults: Sequence[Fault]) -> None:
        """Each fault at its field; above the form where there is none."""
        form = cast("forms.Form", self)
        for fault in faults:
            form.add_error(fault.path if fault.path in form.fields else None, fault.message)


class FindingForm(FaultsMixin, forms.Form):
    """A finding recorded by hand or from a review, with its corrective action."""

    vendor = forms.ModelChoiceField(
        label=gettext_lazy("Vendor"),
        queryset=Vendor.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose a vendor"),
    )
    code = forms.CharField(
        label=gettext_lazy("Criterion"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Its code, if one is concerned: closing then proposes a new rating."
        ),
    )
    title = forms.CharField(label=gettext_lazy("What is wrong"), max_length=200)
    detail = _text(gettext_lazy("What was found, where and when"))
    severity = _severity()
    due_on = DayField(
        label=gettext_lazy("Due on"),
        years_ahead=2,
        help_text=gettext_lazy("Leave it empty for the last day that the severity allows."),
    )
    owner = _owner()
    vendor_person = forms.CharField(
        label=gettext_lazy("At the vendor"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Who does the work there, if somebody is named."),
    )
    root_cause = _text(gettext_lazy("Root cause"), rows=2)
    action = _text(gettext_lazy("Action"), rows=2)

    def __init__(
        self, *args: Any, user: User, assessment: Assessment | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assessment = assessment
        self.fields["code"].widget.attrs |= {"list": "criteria", "autocomplete": "off"}
        vendors = cast("forms.ModelChoiceField[Vendor]", self.fields["vendor"])
        vendors.queryset = Vendor.objects.visible_to(user).current().order_by("name")
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = owners()

    def clean(self) -> dict[str, Any]:
        """Refuse a criterion that the vendor is not asked, and another vendor's assessment."""
        super().clean()
        found = self.cleaned_data
        vendor, code = found.get("vendor"), found.get("code", "").strip()
        if vendor is None:
            return found
        if self.assessment is not None and self.assessment.vendor_id != vendor.pk:
            self.assessment = None
        known = {one.casefold(): one for one in criterion_codes(vendor, self.assessment)}
        found["code"] = known.get(code.casefold(), "")
        if code and not found["code"]:
            text = _('There is no criterion "%s". Enter one of its codes, or leave it empty.')
            self.add_error("code", text % code)
        return found

    def parts(self) -> dict[str, Any]:
        """What to record, of a valid form."""
        return {**self.cleaned_data, "assessment": self.assessment}


class VersionedForm(FaultsMixin, forms.Form):
    """A change of an action that holds only for the version that was read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        action: CorrectiveAction,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        name = type(self).__name__.removesuffix("Form").lower()
        start = {"version": action.version, **(initial or {})}
        super().__init__(data, files, initial=start, auto_id=f"{name}-%s")
        self.action = action

    def renew(self, version: int) -> None:
        """Take on the version that stands now: who sends it again has seen it."""
        typed = cast(QueryDict, self.data).copy()
        typed["version"] = str(version)
        self.data = typed


class PlanForm(VersionedForm):
    """Why it happened, what is done about it, and who does it at the vendor."""

    root_cause = _text(gettext_lazy("Root cause"))
    plan = _text(gettext_lazy("Action"), required=True)
    vendor_person = forms.CharField(
        label=gettext_lazy("At the vendor"), max_length=120, required=False
    )

    def __init__(self, *args: Any, action: CorrectiveAction, **kwargs: Any) -> None:
        initial = {
            "root_cause": action.root_cause,
            "plan": action.action,
            "vendor_person": action.vendor_person,
        }
        super().__init__(*args, action=action, initial=initial, **kwargs)


class FilesField(FilesBase):
    """Documents of the register by number and title."""

    def label_from_instance(self, obj: EvidenceFile) -> str:
        """Number, title and name of the file."""
        return f"{obj.evidence.label} {obj.evidence.title}, {obj.original_name}"


class ProofForm(VersionedForm):
    """Documents of the register, or a new one."""

    documents = FilesField(
        label=gettext_lazy("From the register"),
        queryset=EvidenceFile.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    upload = forms.FileField(label=gettext_lazy("A new document"), required=False)
    title = forms.CharField(
        label=gettext_lazy("Its title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave it empty to use the name of the file."),
    )

    def __init__(self, *args: Any, action: CorrectiveAction, **kwargs: Any) -> None:
        super().__init__(*args, action=action, **kwargs)
        offered = offered_proof(action)
        cast(
            "forms.ModelMultipleChoiceField[EvidenceFile]", self.fields["documents"]
        ).queryset = offered

    def parts(self) -> dict[str, Any]:
        """What to add, of a valid form: proof is added to whatever stands."""
        found = self.cleaned_data
        return {
            "files": found["documents"],
            "upload": found["upload"],
            "title": found["title"],
        }


class ReportForm(VersionedForm):
    """That it is done."""

    note = _text(gettext_lazy("Note to who checks it"), rows=2)


class SendbackForm(VersionedForm):
    """That something is missing."""

    reason = _text(gettext_lazy("What is missing"), rows=2, required=True)


class AssignForm(VersionedForm):
    """Another owner or due date, with a reason."""

    owner = _owner()
    due_on = DayField(label=gettext_lazy("Due on"), years_ahead=5)
    reason = _text(gettext_lazy("Reason"), rows=2, required=True)

    def __init__(self, *args: Any, action: CorrectiveAction, **kwargs: Any) -> None:
        initial = {"owner": action.owner.public_id, "due_on": action.due_on}
        super().__init__(*args, action=action, initial=initial, **kwargs)
        self.fields["due_on"].required = True
        people = owners() | type(action.owner).objects.filter(pk=action.owner_id).distinct()
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = people


class SeverityForm(VersionedForm):
    """Another severity, with a reason."""

    severity = _severity()
    reason = _text(gettext_lazy("Reason"), rows=2, required=True)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        initial = {"severity": finding.severity}
        super().__init__(*args, action=finding.action, initial=initial, **kwargs)


class CloseForm(VersionedForm):
    """How it was checked; each piece of proof is ticked."""

    checked = forms.MultipleChoiceField(
        label=gettext_lazy("What you checked"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    close_note = _text(gettext_lazy("How you checked"), rows=2, required=True)

    def __init__(self, *args: Any, files: Sequence[EvidenceFile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["checked"]).choices = [
            (str(file.public_id), file.original_name) for file in files
        ]
