"""The profile of a vendor as somebody types it, with its sites and contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model
from django.forms.models import BaseInlineFormSet, inlineformset_factory
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from vendors.models import SERVICES, Contact, Site, Vendor, name_key
from vendors.permissions import Actor
from vendors.queries.vendors import similar_vendors, vendor_named

if TYPE_CHECKING:
    VendorModelForm = forms.ModelForm[Vendor]
    RowModelForm = forms.ModelForm[Model]
    RowFormSet = BaseInlineFormSet[Any, Vendor, Any]
else:
    VendorModelForm = forms.ModelForm
    RowModelForm = forms.ModelForm
    RowFormSet = BaseInlineFormSet

MOST_ROWS = 60
#: Blank rows for readers without JavaScript; the script keeps one.
BLANK_ROWS = 3
MOST_WORDS = 40
WORD_LENGTH = 60


class WebAddressField(forms.URLField):
    """An address on the web: http and https only, https where nothing is typed before it."""

    default_validators = [  # noqa: RUF012 - the attribute of the base class
        URLValidator(
            schemes=["http", "https"],
            message=_("Enter an address that starts with https:// or http://."),
        )
    ]
    default_error_messages = {  # noqa: RUF012 - the attribute of the base class
        "invalid": _("Enter an address that starts with https:// or http://.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", **options)


class WordsField(forms.CharField):
    """Words separated by commas, kept in order, each once."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MOST_WORDS * WORD_LENGTH)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """A stored list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The list of what was typed. Raises ValidationError for one that is too long."""
        typed = value.split(",") if isinstance(value, str) else value or []
        words = list(dict.fromkeys(" ".join(word.split()) for word in typed))
        words = [word for word in words if word]
        long = next((word for word in words if len(word) > WORD_LENGTH), None)
        if long:
            raise ValidationError(
                _('"%(word)s..." is longer than %(most)d letters. Put commas between them.'),
                params={"word": long[:20], "most": WORD_LENGTH},
            )
        if len(words) > MOST_WORDS:
            raise ValidationError(_("Enter %(most)d at most."), params={"most": MOST_WORDS})
        return words

    def validate(self, value: Any) -> None:
        """Ask for a word where one is required."""
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The limits are checked on the words, not on the list."""


class ServicesField(forms.MultipleChoiceField):
    """The services that are known by name."""

    widget = forms.CheckboxSelectMultiple


class VendorForm(VendorModelForm):
    """Name, profile and services of a vendor.

    A name that another vendor has is refused. One that looks like another's is held back once:
    `similar` names them, and saving again with `confirmed` goes through.
    """

    services = ServicesField(label=_("Services"), choices=list(SERVICES.items()), required=False)
    other_services = WordsField(
        label=_("Other services"), required=False, help_text=_("Separated by commas.")
    )
    languages = WordsField(
        label=_("Languages"), required=False, help_text=_("Separated by commas.")
    )
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Vendor
        fields = ("name", "legal_name", "website", "services", "languages", "headcount")
        field_classes = {"website": WebAddressField}  # noqa: RUF012 - read once by the metaclass
        labels = {"headcount": _("People employed")}  # noqa: RUF012

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        self.user = user
        vendor = kwargs.get("instance")
        self.known_as = vendor.name_key if vendor else ""
        stored = vendor.services if vendor else []
        initial = {
            "services": [code for code in stored if code in SERVICES],
            "other_services": [code for code in stored if code not in SERVICES],
        }
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "organization"
        self.fields["name"].help_text = _("As people call it. Lists and scorecards show this name.")
        self.fields["website"].widget.attrs["placeholder"] = "https://"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.template = "vendors/_vendor_fields.html"
        self.helper.layout = Layout(
            Div("name", "legal_name", "website", "headcount", css_class="fgrid"),
            Field("services", template="vendors/_services.html"),
            Div("other_services", "languages", css_class="fgrid"),
        )

    def clean_name(self) -> str:
        """Refuse the name of another vendor, with the way there."""
        name = " ".join(self.cleaned_data["name"].split())
        if "\x00" in name or not name:
            raise ValidationError(_("Enter a name."))
        other = vendor_named(self.user, name, besides=self.instance.pk)
        if other is not None:
            text = _("There is a vendor with this name already: {}. Open it instead.")
            link = format_html('<a href="{}">{}</a>', other.get_absolute_url(), other.name)
            raise ValidationError(format_html(str(text), link))
        return name

    def clean(self) -> dict[str, Any]:
        """Join the two fields of services to the one that is stored."""
        super().clean()
        known = self.cleaned_data.get("services", [])
        others = self.cleaned_data.get("other_services", [])
        by_label = {str(label).casefold(): code for code, label in SERVICES.items()}
        typed = [by_label.get(word.casefold(), word) for word in others]
        self.cleaned_data["services"] = list(dict.fromkeys([*known, *typed]))
        return self.cleaned_data

    @property
    def typed_key(self) -> str:
        """What is confirmed: this very name; "" before anything is typed."""
        return name_key(self.cleaned_data.get("name", "")) if self.is_bound else ""

    @cached_property
    def similar(self) -> list[Vendor]:
        """Vendors that look the same, until somebody has confirmed that this is another one."""
        key = self.typed_key
        if not key or key in {self.known_as, self.cleaned_data.get("confirmed")}:
            return []
        names = [self.cleaned_data["name"], self.cleaned_data.get("legal_name", "")]
        return similar_vendors(self.user, names, besides=self.instance.pk)


class RowForm(RowModelForm):
    """One row of sites or contacts; its controls carry Bootstrap's classes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_select else "form-control"

    def full_clean(self) -> None:
        """Mark the controls that have an error, for the eye as well as for aria-invalid."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"


class SiteForm(RowForm):
    """A place that the vendor delivers from."""

    class Meta:
        model = Site
        fields = ("city", "country", "headcount")


class ContactForm(RowForm):
    """Somebody at the vendor; a name or an e-mail address is enough."""

    class Meta:
        model = Contact
        fields = ("name", "email", "role")

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        super().clean()
        known = self.cleaned_data.get("name") or self.cleaned_data.get("email")
        if self.has_changed() and not self.errors and not known:
            self.add_error("name", _("Enter a name or an e-mail address."))
        return self.cleaned_data


def _rows(model: type[Model], form: type[RowForm], extra: int) -> type[RowFormSet]:
    """The formset of one table of rows."""
    return inlineformset_factory(
        Vendor,
        model,
        form=form,
        extra=extra,
        can_delete_extra=False,
        max_num=MOST_ROWS,
        validate_max=True,
        absolute_max=MOST_ROWS + BLANK_ROWS,
    )


SiteFormSet = _rows(Site, SiteForm, BLANK_ROWS)
ContactFormSet = _rows(Contact, ContactForm, BLANK_ROWS)


class VendorForms:
    """The three parts of the page as one: profile, sites and contacts."""

    def __init__(
        self, data: QueryDict | None, *, vendor: Vendor | None = None, user: Actor
    ) -> None:
        self.profile = VendorForm(data, instance=vendor, user=user)
        parent = self.profile.instance
        self.sites = SiteFormSet(data, instance=parent, prefix="sites")
        self.contacts = ContactFormSet(data, instance=parent, prefix="contacts")

    def is_valid(self) -> bool:
        """Whether all parts can be stored and no look-alike waits for a word."""
        parts = [self.profile.is_valid(), self.sites.is_valid(), self.contacts.is_valid()]
        return all(parts) and not self.profile.similar

    def refuse(self, reason: Exception) -> None:
        """Say at the name why it was not stored after all."""
        self.profile.add_error("name", str(reason))

    @property
    def vendor(self) -> Vendor:
        """The vendor as typed, not stored."""
        return self.profile.instance

    def rows(self) -> dict[str, list[Any]]:
        """New and changed rows, and those to remove, as the services take them."""
        sites = self.sites.save(commit=False)
        contacts = self.contacts.save(commit=False)
        return {"sites": sites, "contacts": contacts}

    def removed(self) -> list[Any]:
        """The rows to remove; call `rows` before."""
        return [*self.sites.deleted_objects, *self.contacts.deleted_objects]

    @property
    def faulty_rows(self) -> list[tuple[Any, int, Any]]:
        """Each field with an error in the tables: the table's form, its number and the field."""
        return [
            (form, number, field)
            for formset in (self.sites, self.contacts)
            for number, form in enumerate(formset.forms, start=1)
            for field in form.visible_fields()
            if field.errors
        ]
