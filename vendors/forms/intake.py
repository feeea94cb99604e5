"""The intake: scope, people, and the nine factors that propose a tier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.forms.risk import HIGHEST, RiskDraft, risk_draft
from vendors.models import Assessment, Framework, Site, Vendor
from vendors.permissions import Role

if TYPE_CHECKING:
    from vetting.models import User

    _SitesBase = forms.ModelMultipleChoiceField[Site]
else:
    _SitesBase = forms.ModelMultipleChoiceField

DUE_AFTER = timedelta(days=28)
YES, NO = "yes", "no"
_FACTOR_CODES = tuple(factor.code for factor in scoring.FACTORS)


class FactorField(NamedTuple):
    """A risk factor with the field that asks for it."""

    factor: scoring.Factor
    field: forms.BoundField


def procurement_users(also: int | None = None) -> QuerySet[User]:
    """Procurement staff who may sign in, by name; `also` keeps somebody who left."""
    users = get_user_model().objects.filter(
        Q(groups__name=Role.PROCUREMENT, is_active=True) | Q(pk=also)
    )
    return users.distinct().order_by("name", "email")


class SitesField(_SitesBase):
    """Sites by city and country."""

    def label_from_instance(self, obj: Site) -> str:
        """The city with the country's name."""
        return f"{obj.city}, {obj.get_country_display()}"


class IntakeForm(forms.Form):
    """Scope, people and risk of an assessment; to start one, or to change an open one."""

    framework = forms.ModelChoiceField(
        label=gettext_lazy("Framework"),
        queryset=Framework.objects.none(),
        empty_label=None,
        to_field_name="public_id",
    )
    service = forms.CharField(
        label=gettext_lazy("Service in scope"),
        max_length=200,
        help_text=gettext_lazy("What this vendor would do for us."),
    )
    sites = SitesField(
        label=gettext_lazy("Sites in scope"),
        queryset=Site.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose the sites that would serve us.")},
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=get_user_model().objects.none(),
        help_text=gettext_lazy("Fills in the questionnaire and submits it."),
    )
    helpers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Helpers"),
        queryset=get_user_model().objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, vendor: Vendor, assessment: Assessment | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.vendor = vendor
        self.assessment = assessment
        for factor in scoring.FACTORS:
            self.fields[factor.code] = _factor_field(factor)
        self.fields[scoring.HARMFUL_CONTENT] = _harmful_field()
        people = procurement_users(assessment.owner_id if assessment else None)
        sites = vendor.sites.all()
        for name, choices in {"owner": people, "helpers": people, "sites": sites}.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = choices
        self.fields["sites"].required = bool(sites)
        if assessment:
            del self.fields["framework"]

    def allow_gaps(self) -> None:
        """Take what is there and leave the rest for later; somebody still owns it."""
        for name in ("service", "sites", "due_on", *_FACTOR_CODES, scoring.HARMFUL_CONTENT):
            self.fields[name].required = False

    def offer(self, frameworks: list[Framework]) -> None:
        """The frameworks to choose from; a choice is shown only where there are several."""
        field = cast("forms.ModelChoiceField[Framework]", self.fields["framework"])
        field.queryset = Framework.objects.filter(pk__in=[entry.pk for entry in frameworks])
        if len(frameworks) == 1:
            field.widget = forms.HiddenInput()

    @property
    def factors(self) -> Iterator[FactorField]:
        """The nine factors with their fields, in order."""
        for factor in scoring.FACTORS:
            yield FactorField(factor, self[factor.code])

    @property
    def draft(self) -> RiskDraft:
        """The risk of what was picked so far, valid or not."""
        return risk_draft(self._picked())

    def _picked(self) -> dict[str, Any]:
        """What is picked on the form, as an intake keeps it; open fields are left out."""
        found: dict[str, Any] = {}
        for factor in scoring.FACTORS:
            value = str(self[factor.code].value())
            if value in {str(number) for number in range(HIGHEST + 1)}:
                found[factor.code] = int(value)
        harmful = self[scoring.HARMFUL_CONTENT].value()
        if harmful in {YES, NO}:
            found[scoring.HARMFUL_CONTENT] = harmful == YES
        return found

    def clean_due_on(self) -> date | None:
        """A day to come; one that was set before may have passed."""
        day: date | None = self.cleaned_data["due_on"]
        if day is None:
            return None
        kept = self.assessment is not None and day == self.assessment.due_on
        if day < timezone.localdate() and not kept:
            raise forms.ValidationError(_("This day has passed. Enter today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """The owner is no helper."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if "helpers" in found:
            owner = found.get("owner")
            found["helpers"] = [person for person in found["helpers"] if person != owner]
        return found

    def scope(self) -> dict[str, Any]:
        """What the services take of a valid form."""
        names = ["service", "sites", "owner", "helpers", "due_on"]
        return {"intake": self._picked(), **{name: self.cleaned_data[name] for name in names}}


def _factor_field(factor: scoring.Factor) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=factor.name,
        help_text=factor.help,
        choices=[(str(number), label) for number, label in enumerate(factor.options)],
        widget=forms.RadioSelect(attrs={"data-m": factor.multiplier}),
        error_messages={"required": _("Not answered. Choose 0 to 3.")},
    )


def _harmful_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Harmful content"),
        help_text=_("Staff would see violence, abuse or self-harm. Always tier 1."),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Not answered. Choose Yes or No.")},
    )


def start_values(vendor: Vendor, user: User, frameworks: list[Framework]) -> dict[str, Any]:
    """What an empty form proposes."""
    return {
        "framework": frameworks[0].public_id if frameworks else None,
        "service": ", ".join(vendor.service_labels)[:200],
        "sites": [site.pk for site in vendor.sites.all()],
        "owner": user.pk,
        "due_on": timezone.localdate() + DUE_AFTER,
    }


def stored_values(assessment: Assessment) -> dict[str, Any]:
    """What the form shows of an assessment that is open."""
    intake = dict(assessment.intake)
    harmful = intake.pop(scoring.HARMFUL_CONTENT, None)
    return {
        **intake,
        scoring.HARMFUL_CONTENT: {True: YES, False: NO}.get(harmful),
        "service": assessment.service,
        "sites": [site.pk for site in assessment.sites.all()],
        "owner": assessment.owner_id,
        "helpers": list(assessment.helper_ids),
        "due_on": assessment.due_on,
    }


def typed_values(data: Any) -> dict[str, Any]:
    """What somebody typed so far, to be shown again without being checked."""
    many = {"sites", "helpers"}
    return {name: data.getlist(name) if name in many else data[name] for name in data}
