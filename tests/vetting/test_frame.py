"""The frame of the pages: header, navigation, errors, sign-in, and what templates may not hold."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.urls import ResolverMatch

from vendors import urls as vendor_urls
from vetting import context
from vetting.context import SECTIONS, section_of

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Documents are laid out on the server and never sent to a browser.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "pdf" not in path.parts)
FRAME_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "no_role.html"]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


class Outline(HTMLParser):
    """Counts what a page must have once."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag, _attrs):
        self.tags.append(tag)


@pytest.mark.parametrize("name", FRAME_PAGES)
def test_error_pages_need_neither_context_nor_database(name):
    html = get_template(name).render()
    outline = Outline()
    outline.feed(html)
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("main") == 1
    assert settings.SITE_NAME in html
    assert "nav" not in outline.tags


def page(rf, path: str, user: object, view_name: str = "", namespace: str = "") -> str:
    request = rf.get(path)
    request.user = user
    spaces = [namespace] if namespace else []
    request.resolver_match = ResolverMatch(
        lambda: None, (), {}, url_name=view_name, namespaces=spaces
    )
    source = "{% extends 'base.html' %}{% block content %}<h1>Here</h1>{% endblock %}"
    template = get_template("404.html").backend.from_string(source)  # type: ignore[attr-defined]
    return template.render({"user": user}, request)


def staff(role: str = "auditor") -> SimpleNamespace:
    return SimpleNamespace(
        is_authenticated=True,
        name="Maya Okafor",
        email="maya@example.org",
        initials="MO",
        role=role,
        role_label="Auditor" if role else "No role yet",
    )


def test_the_frame_shows_who_is_signed_in_and_where(rf):
    html = page(rf, "/compare/", staff(), "comparison", "scorecards")
    current = re.findall(r'<a href="([^"]+)" aria-current="page">', html)
    assert current == ["/compare/", "/compare/"]
    assert re.search(r'<form method="post" action="/sign-out/">\s*<input type="hidden"', html)
    assert "Maya Okafor" in html
    assert 'role="search"' in html


def test_strangers_and_people_without_a_role_see_no_navigation(rf):
    stranger = SimpleNamespace(is_authenticated=False)
    for user in (stranger, staff(role="")):
        html = page(rf, "/sign-in/", user, "sign-in")
        assert "<nav" not in html
        assert "/compare/" not in html
    assert "sign-out" not in page(rf, "/", stranger)


def test_each_section_is_found_by_its_address():
    def match(name, *spaces):
        return ResolverMatch(lambda: None, (), {}, url_name=name, namespaces=list(spaces))

    known = {section.key for section in SECTIONS}
    assert section_of(match("dashboard")) in known
    assert section_of(match("questionnaire", "vendors")) == "vendors"
    assert section_of(match("assessment-detail", "vendors")) == "vendors"
    for name in ("review-list", "review-take", "assessment-review", "answer-decide"):
        assert section_of(match(name, "vendors")) == "reviews"
    assert section_of(match("comparison", "scorecards")) == "compare"
    assert section_of(match("scorecard-detail", "scorecards")) == "scorecards"
    assert section_of(match("portfolio", "scorecards")) == "portfolio"
    assert section_of(match("sign-in")) not in known
    assert section_of(None) == ""


def test_the_sign_in_page_says_why_it_is_there(rf):
    class SignIn(forms.Form):
        username = forms.CharField()
        password = forms.CharField()

    def shown(path: str, form: forms.Form, after: str = "") -> str:
        template = get_template("registration/sign_in.html")
        return words(template.render({"form": form, "next": after}, rf.get(path)))

    assert "Not matching" not in shown("/sign-in/", SignIn())
    assert "do not match" in shown("/sign-in/", SignIn({"username": "a@b.example"}))
    assert "You were signed out." in shown("/sign-in/?ended=1", SignIn(), "/vendors/")
    assert "Sign in to open that page." in shown("/sign-in/", SignIn(), "/vendors/")
    assert "Sign in to open that page." not in shown("/sign-in/", SignIn(), "/")


def test_the_locked_page_says_how_long():
    values = {"failure_limit": 8, "cooloff_timedelta": timedelta(minutes=15)}
    html = words(render_to_string("registration/locked.html", values))
    assert "waits 15 minutes. There were 8 wrong tries." in html


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_to_the_content_policy(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text


def test_icons_named_in_templates_exist():
    css = (Path(settings.BASE_DIR) / "static/vendor/icons.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.(i-[a-z0-9-]+)", css))
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"(?<![\w-])(i-[a-z][a-z0-9-]+)(?![\w-])", text))
        assert used <= known, f"{path.name}: {used - known}"


def test_the_name_of_the_site_is_a_setting(settings):
    settings.SITE_NAME = "Clear Sight"
    assert Template("{% load site %}{% site_name %}").render(Context()) == "Clear Sight"


def test_the_names_of_reviewing_are_addresses():
    known = {pattern.name for pattern in vendor_urls.urlpatterns}
    assert known >= context._REVIEWING
