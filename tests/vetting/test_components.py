"""The components that all pages share."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template.loader import get_template, render_to_string

from vendors.templatetags import figures

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted(path.name for path in (TEMPLATES / "components").glob("_*.html"))
TODAY = date(2026, 11, 21)


def part(name: str, /, **values) -> str:
    return re.sub(r"\s+", " ", render_to_string(f"components/{name}.html", values)).strip()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


class ExampleForm(forms.Form):
    name = forms.CharField(label="Legal name", help_text="As registered.")
    kind = forms.ChoiceField(choices=[("a", "One")], widget=forms.RadioSelect)


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_says_what_it_takes_and_stands_without_its_options(name, rf):
    first = (TEMPLATES / "components" / name).read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("{# ")
    assert first.endswith(" #}")
    needed = {
        "today": TODAY,
        "ordering": "name",
        "documented": 38,
        "total": 65,
        "field": ExampleForm()["name"] if name == "_field.html" else "name",
    }
    html = get_template(f"components/{name}").render(needed, rf.get("/"))
    assert "{{" not in html
    assert "{%" not in html


def test_a_score_is_said_in_words():
    html = part("_score", value=Fraction(153, 2), band="B", label="Good", places=1)
    assert words(html) == "76.5B of 100, band B, Good"
    assert "band-b" in html
    band = SimpleNamespace(value="A", label="Leading")
    assert "of 100, band A, Leading" in part("_score", value=92, band=band)
    assert words(part("_score", value=None, band=None)) == "Not rated"
    assert words(part("_score", value=0, band="E", label="Weakest")).startswith("0E")


def test_bars_carry_their_figures_as_words():
    html = part("_bullet", value=61, band="C", last=66, mark=70)
    assert 'aria-label="61 of 100, pass mark 70, last time 66"' in html
    assert 'width="61.0%"' in html
    html = part("_evidence_bar", verified=50, documented=38, claimed=12)
    assert "50% verified, 38% documented, 12% claimed only" in html
    assert 'x="88.0%" width="12.0%"' in html
    assert 'aria-label="41 of 65 answered"' in part("_progress", done=41, total=65)


def test_the_gate_names_what_failed():
    assert words(part("_gate", gate="fail", failed=["LAB-01"])) == "LAB-01 failed"
    assert words(part("_gate", gate="fail", failed=["A", "B", "C"])) == "3 must-haves failed"
    assert words(part("_gate", gate="pending", pending=["A"])) == "A pending"
    assert words(part("_gate", gate="pass", total=12)) == "12 of 12 must-haves met"
    assert words(part("_gate", gate=None)) == "Not rated"


def test_evidence_levels_look_and_read_apart():
    seen = {part("_evidence_level", level=level) for level in figures.LEVEL_WORDS}
    assert len(seen) == 4
    assert "Evidence ended" in part("_evidence_level", level="verified", expired=True)


def test_a_certification_card_shows_what_is_left():
    values = {"title": "SOC 2", "issued_on": date(2026, 1, 1), "today": TODAY}
    html = part("_cert", expires_on=date(2027, 1, 1), **values)
    assert "chip--warn" in html
    assert "41 days" in html
    assert "1 Jan 2027" in html
    assert "chip--bad" in part("_cert", expires_on=date(2026, 10, 3), **values)
    assert "No end date" in part("_cert", expires_on=None, **values)


def test_a_task_polls_only_while_it_runs(rf):
    request = rf.get("/")
    html = {
        state: render_to_string(
            "components/_task.html", {"state": state, "url": "/s/1/", "retry_url": "/r/"}, request
        )
        for state in ("queued", "building", "ready", "failed")
    }
    polls = [state for state, text in html.items() if 'hx-trigger="every 2s"' in text]
    assert polls == ["queued", "building"]
    assert "csrfmiddlewaretoken" in html["failed"]


def test_pages_and_columns_keep_the_rest_of_the_address(rf):
    request = rf.get("/vendors/?band=B&page=2&sort=-score")
    page = Paginator(range(47), 10).page(2)
    html = get_template("components/_pagination.html").render({"page_obj": page}, request)
    assert "11 to 20 of 47" in html
    assert "?band=B&amp;page=3&amp;sort=-score" in html
    values = {"field": "score", "label": "Score", "ordering": "-score"}
    html = get_template("components/_sort.html").render(values, request)
    assert "?band=B&amp;sort=score" in html
    assert "i-arrow-down" in html


def test_faults_of_a_form_lead_to_their_fields():
    form = ExampleForm({})
    assert not form.is_valid()
    form.add_error(None, "Two vendors share this <name>.")
    html = render_crispy_form(form)
    assert 'role="alert"' in html
    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert 'id="id_kind_0"' in html
    assert "&lt;name&gt;" in html
    control = re.search(r'<input[^>]*name="name"[^>]*>', html)
    assert control is not None
    for target in ("id_name_error", "id_name_helptext"):
        assert target in control[0]
        assert f'id="{target}"' in html


def test_what_people_typed_is_escaped():
    nasty = '"><script>x</script>'
    for name, values in {
        "_empty": {"title": nasty, "action_url": nasty, "action_label": nasty},
        "_note": {"text": nasty, "title": nasty},
        "_cert": {"title": nasty, "number": nasty, "today": TODAY},
        "_score": {"value": 1, "band": "A", "label": nasty},
        "_heat": {"value": 1, "band": "A", "label": nasty},
        "_gate": {"gate": "fail", "failed": [nasty]},
        "_breadcrumb": {"url1": nasty, "label1": nasty, "current": nasty},
        "_save": {"state": "conflict", "who": nasty, "at": TODAY},
        "_avatar": {"name": nasty},
    }.items():
        assert "<script" not in part(name, **values), name
