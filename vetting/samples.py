"""The sample data: five people, sixteen fictional vendors, assessments in different states."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.comparison import Asked, compare
from scorecards.models import SavedComparison
from scorecards.seal import keyring
from scorecards.services.comparisons import choose_vendor, save_comparison
from vendors.models import Assessment, Framework, Vendor
from vendors.permissions import Role
from vendors.services.frameworks import publish_framework
from vendors.services.imports import import_assessment
from vetting import sample_portfolio
from vetting import sample_stories as stories
from vetting.accounts import add_user, random_password
from vetting.models import User

VENDORS = Path(settings.BASE_DIR) / "vendors"
FRAMEWORK = VENDORS / "frameworks" / "ethical-bpo-vetting-1.0.0.yaml"

DEMO_KEY, DEMO_KEY_DAYS = "Sample organisation (demo key, proves no identity)", 3 * 365

PEOPLE = [
    ("maya.okafor@sample.example", "Maya Okafor", Role.PROCUREMENT),
    ("tomas.lindqvist@sample.example", "Tomas Lindqvist", Role.PROCUREMENT),
    ("adriana.ferreira@sample.example", "Adriana Ferreira", Role.MANAGER),
    ("samuel.adeyemi@sample.example", "Samuel Adeyemi", Role.AUDITOR),
    ("ines.moreau@sample.example", "Ines Moreau", Role.ADMINISTRATOR),
]


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, what people did with it since, and whether it came approved or undecided."""

    file: str
    owner: int
    due_in_days: int
    story: Callable[[Assessment, stories.Cast], None] | None = None
    is_approved: bool = False
    undecided: bool = False


SAMPLES = [
    Sample("tamarind-contact-services.json", 0, -14, stories.with_findings, is_approved=True),
    Sample("larkfield-payroll.json", 1, -10, stories.again_in_intake, is_approved=True),
    Sample("harbour-lane-support.json", 0, 6, stories.in_review, undecided=True),
    Sample("meridian-voice.json", 1, 4, stories.pending_approval),
    Sample("brightwell-back-office.json", 1, -3, stories.in_clarification),
    Sample("cordillera-assist.json", 0, 9),
]


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a sample person signs in."""

    email: str
    name: str
    role: str
    password: str


def sign_ins_file() -> Path:
    """Where the random passwords are kept, so that a second start can print them again."""
    return Path(settings.DATA_DIR) / "demo-sign-ins.json"


def add_samples() -> list[SignIn]:
    """Add what is missing of the sample data and return how its people sign in.

    Nothing that exists is changed, so it can run at each start.
    """
    published = publish_framework(text=FRAMEWORK.read_text(encoding="utf-8"), by=None)
    sign_ins = _people()
    for sample in SAMPLES:
        _vendor(sample)
    _portfolio(published.framework)
    _kept_comparison()
    return sign_ins


def add_signing_key() -> str:
    """Make the key of the demo where none is set, and say so in one line; "" where there is one.

    Raises OSError where the data folder cannot be written.
    """
    if keyring.key_path() is not None:
        return ""
    keyring.make_key(DEMO_KEY, days=DEMO_KEY_DAYS)
    return str(
        _("Documents are signed with a key made for this demo: %s. It proves no identity.")
        % keyring.own_key_path()
    )


def _people() -> list[SignIn]:
    """Make the people who are missing; known passwords come from the file."""
    file = sign_ins_file()
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for email, name, role in PEOPLE:
        if User.objects.filter(email__iexact=email).exists():
            continue
        known[email] = random_password()
        with transaction.atomic():
            add_user(email=email, name=name, role=role, password=known[email], is_demo=True)
        _keep(file, known)
    return [
        SignIn(email, name, role, known.get(email, "(changed or not known here)"))
        for email, name, role in PEOPLE
    ]


def _keep(file: Path, known: dict[str, str]) -> None:
    """Write the sign-ins so that only this account reads them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


@transaction.atomic
def _vendor(sample: Sample) -> None:
    """Import one vendor and move its assessment on, unless the vendor is there already."""
    text = (VENDORS / "samples" / sample.file).read_text(encoding="utf-8")
    if Vendor.objects.filter(name=json.loads(text)["vendor"]["name"]).exists():
        return
    owner, reviewer, manager = (
        _person(PEOPLE[place][0]) for place in (sample.owner, 1 - sample.owner, 2)
    )
    assessment = import_assessment(
        text=text,
        approve_as=manager if sample.is_approved else None,
        owner=owner,
        due_on=timezone.localdate() + timedelta(days=sample.due_in_days),
        is_sample=True,
        undecided=sample.undecided,
        by=owner,
    ).assessment
    if sample.story is not None:
        sample.story(assessment, stories.Cast(owner, reviewer, manager))


@transaction.atomic
def _portfolio(framework: Framework) -> None:
    """Import the vendors with nothing but their results, unless they are there already."""
    today = timezone.localdate()
    names = [vendor.name for vendor in sample_portfolio.VENDORS]
    known = set(Vendor.objects.filter(name__in=names).values_list("name", flat=True))
    owners, manager = [_person(PEOPLE[place][0]) for place in (0, 1)], _person(PEOPLE[2][0])
    found = sample_portfolio.portable_texts(framework.rules, today)
    for place, (name, texts) in enumerate(found.items()):
        for text in () if name in known else texts:
            import_assessment(
                text=text,
                approve_as=manager,
                owner=owners[place % 2],
                is_sample=True,
                by=owners[place % 2],
            )


@transaction.atomic
def _kept_comparison() -> None:
    """A comparison that was saved and chosen from, unless one is there already."""
    names = sample_portfolio.COMPARED
    ids = dict(Vendor.objects.filter(name__in=names).values_list("name", "public_id"))
    if SavedComparison.objects.exists() or len(ids) < len(names):
        return
    shown = compare(Vendor.objects.all(), Asked(vendor_ids=tuple(ids[name] for name in names)))
    saved = save_comparison(
        comparison=shown,
        purpose=str(_("Claims intake and voice, 2027 (Sample)")),
        note=str(_("For the award in January: two sites, English and Portuguese.")),
        by=_person(PEOPLE[0][0]),
    )
    first = Vendor.objects.get(public_id=ids[names[0]])
    choose_vendor(
        comparison=saved,
        vendor_id=str(first.public_id),
        reason=str(_("First under every weight profile, and most of it is verified.")),
        by=_person(PEOPLE[2][0]),
    )


def _person(email: str) -> User:
    """A sample person by e-mail address."""
    return User.objects.get(email__iexact=email)
