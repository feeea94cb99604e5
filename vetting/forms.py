"""What an administrator types about people, and what an invited person types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vetting.models import ROLE_LABELS, User
from vetting.people import heirs

if TYPE_CHECKING:
    _HeirBase = forms.ModelChoiceField[User]
    _PasswordBase = SetPasswordForm[User]
else:
    _HeirBase = forms.ModelChoiceField
    _PasswordBase = SetPasswordForm

REASON_LIMIT = 2000
NAME_LIMIT = 120
ROLE_CHOICES = [(str(role), label) for role, label in ROLE_LABELS.items()]


def _reason(help_text: Any = "") -> forms.CharField:
    """A reason for the trail, which must be given."""
    return forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text or gettext_lazy("Kept in the audit trail."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


def _name() -> forms.CharField:
    """What a person is called."""
    return forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the name.")},
    )


class InviteForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("The person signs in with it."),
        error_messages={"required": gettext_lazy("Enter the e-mail address.")},
    )
    name = _name()
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=ROLE_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a role.")},
    )

    def clean_email(self) -> str:
        """Refuse the address of somebody who is there already. Raises ValidationError."""
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("Somebody signs in with this e-mail address already."), code="taken"
            )
        return email

    def clean_name(self) -> str:
        """The name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())


class RoleForm(forms.Form):
    """Another role, and why."""

    role = forms.ChoiceField(
        label=gettext_lazy("New role"),
        error_messages={"required": gettext_lazy("Choose a role.")},
    )
    reason = _reason()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [choice for choice in ROLE_CHOICES if choice[0] != user.role]
        self.fields["role"] = forms.ChoiceField(
            label=self.fields["role"].label,
            choices=[("", _("Choose")), *others],
            error_messages={"required": _("Choose a role.")},
        )


class HeirField(_HeirBase):
    """Somebody of procurement, by name."""

    def label_from_instance(self, obj: User) -> str:
        """The name with the e-mail address: two people may share a name."""
        return f"{obj.name}, {obj.email}"


class EndForm(forms.Form):
    """Who takes over the open assessments, and why access ends."""

    heir = HeirField(
        label=gettext_lazy("Who takes over the open assessments"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet: all of procurement may go on with them"),
    )
    reason = _reason()

    def __init__(self, *args: Any, user: User, has_work: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_work:
            heir = self.fields["heir"]
            assert isinstance(heir, forms.ModelChoiceField)  # noqa: S101 - declared above
            heir.queryset = heirs(user)
        else:
            del self.fields["heir"]


class RestoreForm(forms.Form):
    """Why access is given back."""

    reason = _reason()


class AcceptForm(_PasswordBase):
    """What an invited person types: the name as it should be shown, and a password."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("As it should stand beside your answers and decisions."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    field_order = ("name", "new_password1", "new_password2")

    def clean_name(self) -> str:
        """The name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())
