"""One form a question: the fields of its answer type in, an AnswerChange out.

What can be wrong with an answer is said by the scoring rules; a form adds only what cannot even be
read. A form carries what happened to it: faults at its fields, or the conflict with a save by
somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.forms.answer_changes import Conflict, differences, initial_of, token_of
from vendors.forms.answer_fields import Day, Prose, day_input
from vendors.models import Answer, Certification
from vendors.queries.questionnaire import Question, earliest_end, months_later
from vendors.scoring import NUMBER_TYPES, REJECTED, AnswerType, Fault
from vendors.services.answers import AnswerChange

#: The names of service faults that differ from those of the fields.
FIELD_OF_FAULT = {"level_valid_to": "evidence_valid_to", "level": "evidence"}
#: The form on the page that all fields belong to. They stand outside of it, because a question
#: holds other forms too, and forms cannot lie within one another.
FORM_ID = "answers"
TEMPLATES = {
    AnswerType.YES_NO: "yes_no",
    AnswerType.YES_PARTIAL_NO: "yes_no",
    AnswerType.MATURITY: "maturity",
    AnswerType.PERCENTAGE: "percentage",
    AnswerType.NUMBER: "number",
    AnswerType.DATE: "date",
    AnswerType.CERTIFICATION: "certification",
    AnswerType.TEXT: "text",
}


class ErrorPlace(NamedTuple):
    """Where a field's error stands on the page; no message while the field is right."""

    name: str
    id: str
    control_id: str
    message: str


class AnswerForm(forms.Form):
    """The answer to one question. Its prefix is the criterion's code."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    value = forms.CharField(required=False)
    never = forms.BooleanField(required=False)
    valid_to = Day()
    certifications = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose from this vendor's register.")},
    )
    not_applicable = forms.BooleanField(required=False)
    reason = Prose(rows=2)
    evidence = forms.CharField(required=False)
    evidence_valid_to = Day()
    comment = Prose(rows=2)

    def __init__(
        self,
        question: Question,
        scoring_rules: scoring.Scoring,
        today: date,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.question = question
        self.levels = [level for level in scoring_rules.evidence_levels if level.value != REJECTED]
        self.today = today
        self.conflict: Conflict | None = None
        super().__init__(
            data=data,
            prefix=question.criterion.code,
            initial=initial_of(question),
            use_required_attribute=False,
        )
        self._shape()
        for name, field in self.fields.items():
            field.widget.attrs["form"] = FORM_ID
            if not field.widget.is_hidden and not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["aria-describedby"] = self.error_id(name)

    def _shape(self) -> None:
        """Give the fields that depend on the criterion their controls, and drop the others."""
        criterion = self.question.criterion
        kind = criterion.answer_type
        self.fields["value"] = self._value_field()
        if kind != AnswerType.DATE:
            del self.fields["never"]
        if kind == AnswerType.CERTIFICATION:
            self.fields["certifications"].choices = [  # type: ignore[attr-defined]
                (str(entry.public_id), str(entry)) for entry in self.question.entries
            ]
        else:
            del self.fields["certifications"], self.fields["valid_to"]
        self.fields["evidence"].widget = forms.RadioSelect(
            choices=[(level.value, level.label) for level in self.levels]
        )

    def _value_field(self) -> forms.Field:
        criterion = self.question.criterion
        if criterion.answer_type == AnswerType.TEXT:
            return Prose(rows=5)
        if criterion.choices:
            radio = forms.RadioSelect(choices=[(c.value, c.label) for c in criterion.choices])
            return forms.CharField(required=False, widget=radio)
        if criterion.answer_type == AnswerType.DATE:
            widget: forms.Widget = day_input(max=self.today.isoformat())
        else:
            attrs = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}
            widget = forms.TextInput(attrs=attrs)
        return forms.CharField(required=False, widget=widget)

    # --- what templates ask -------------------------------------------------------------

    @property
    def template(self) -> str:
        """The template of the answer's control."""
        name = TEMPLATES[self.question.criterion.answer_type]
        return f"vendors/questionnaire/_{name}.html"

    @property
    def posted_names(self) -> str:
        """The names that a save of this question alone posts, for hx-params."""
        return ",".join(self.add_prefix(name) for name in self.fields)

    @property
    def error_places(self) -> list[ErrorPlace]:
        """Where the errors of each visible field stand, and what they say."""
        return [
            ErrorPlace(
                name=name,
                id=self.error_id(name),
                control_id=self[name].auto_id or "",
                message=" ".join(str(error) for error in self.errors.get(name, [])),
            )
            for name, field in self.fields.items()
            if not field.widget.is_hidden and name != "never"
        ]

    @property
    def maturity(self) -> list[tuple[str, str, BoundWidget]]:
        """The six levels: number, words without it, control."""
        found = []
        for radio in self["value"]:
            number = str(radio.data["value"])
            found.append((number, str(radio.choice_label).removeprefix(f"{number} - "), radio))
        return found

    @property
    def register(self) -> list[tuple[Certification, str, bool]]:
        """The register entries on offer: entry, id of its control, whether it is chosen."""
        field = self["certifications"]
        chosen = set(field.value() or [])
        return [
            (entry, f"{field.auto_id}_{at}", str(entry.public_id) in chosen)
            for at, entry in enumerate(self.question.entries)
        ]

    @property
    def is_faulty(self) -> bool:
        """Whether the last save was refused because of the input."""
        return self.is_bound and bool(self.errors)

    @property
    def counted(self) -> int:
        """Characters of the text at hand."""
        return len(self["value"].value() or "")

    @property
    def evidence_proposal(self) -> date | None:
        """Until when evidence of today usually counts, by the framework's months."""
        months = self.question.criterion.evidence.valid_months
        return None if months is None else months_later(self.today, months)

    def error_id(self, name: str) -> str:
        """The id of the place where a field's error stands."""
        return f"{self.add_prefix(name)}-e"

    # --- from fields to a change --------------------------------------------------------

    def clean_evidence(self) -> str:
        """Refuse a level that only a reviewer may set, or none at all knows."""
        level: str = self.cleaned_data["evidence"]
        if level and level not in {offered.value for offered in self.levels}:
            raise forms.ValidationError(_("Choose one of the evidence levels."))
        return level

    def clean(self) -> dict[str, Any]:
        """Refuse a date that is also never: nobody can tell which is meant."""
        data = self.cleaned_data
        if data.get("never") and data.get("value"):
            self.add_error("value", _("Enter a date or choose Never, not both."))
        return data

    def change(self) -> AnswerChange:
        """What was typed, as the service stores it. Only for a valid form."""
        data = self.cleaned_data
        comment = data["comment"]
        if data["not_applicable"]:
            return AnswerChange(not_applicable=True, reason=data["reason"], comment=comment)
        value, is_answered = self._value()
        chosen = self._chosen()
        return AnswerChange(
            value=value,
            is_answered=is_answered,
            valid_to=self._valid_to(chosen),
            comment=comment,
            proposed_level=data["evidence"],
            level_valid_to=data["evidence_valid_to"],
            certifications=chosen,
        )

    def _value(self) -> tuple[str | None, bool]:
        """The exact text and whether there is an answer at all."""
        text = self.cleaned_data["value"]
        if self.cleaned_data.get("never"):
            return None, True
        if not text:
            return None, False
        criterion = self.question.criterion
        if criterion.answer_type not in NUMBER_TYPES:
            return text, True
        try:
            return scoring.write_value(scoring.read_value(criterion, text)), True
        except scoring.AnswerError:
            return text, True  # the service says what is wrong with it

    def _chosen(self) -> tuple[Certification, ...]:
        ids = set(self.cleaned_data.get("certifications", []))
        return tuple(e for e in self.question.entries if str(e.public_id) in ids)

    def _valid_to(self, chosen: tuple[Certification, ...]) -> date | None:
        """The earliest end in the register where there is one, else what was typed.

        A date copied earlier stands while the entries stay the same: a later change in the
        register never changes an answer by itself.
        """
        typed: date | None = self.cleaned_data.get("valid_to")
        end = earliest_end(chosen)
        if end is None:
            return typed
        kept = typed is not None and typed == self.question.answer.valid_to
        return typed if kept and set(chosen) == set(self.question.attached) else end

    def is_touched(self) -> bool:
        """Whether somebody changed what the page showed. Only for a bound form."""
        return not self.is_valid() or token_of(self.change()) != self.cleaned_data["shown"]

    # --- what went wrong ----------------------------------------------------------------

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Put each fault at its field, with the answer that stands."""
        for fault in faults:
            name = FIELD_OF_FAULT.get(fault.path, fault.path)
            self.add_error(name if name in self.fields else "value", fault.message)
        words = self.question.value_words
        if "value" in self.errors and words:
            is_text = self.question.criterion.answer_type == AnswerType.TEXT
            kept = _("The last saved text is kept.") if is_text else ""
            self.add_error("value", kept or _("The last saved answer was %s.") % words)
        self.mark_errors()

    def mark_errors(self) -> None:
        """Mark the controls of the fields that are wrong."""
        for name in self.errors:
            if name in self.fields:
                attrs = self.fields[name].widget.attrs
                attrs["aria-invalid"] = "true"
                attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()

    def add_conflict(self, current: Answer, theirs: AnswerChange) -> None:
        """Remember what somebody else saved meanwhile; what was typed stays."""
        rows = differences(self.question.criterion, theirs=theirs, mine=self.change())
        self.conflict = Conflict(current, rows)
