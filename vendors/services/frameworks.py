"""Publishing frameworks. A published version never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Criterion, Framework, FrameworkDraft
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.profiles import add_profiles_of
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class Published:
    """The row, and whether this call made it."""

    framework: Framework
    is_new: bool


@transaction.atomic
def publish_framework(*, text: str, reason: str = "", by: User | None) -> Published:
    """Check a framework file and publish it; the same content again is no change.

    Raises scoring.FrameworkError with each fault, and FaultyInput when other content stands
    under this slug and version. Nothing is stored then.
    """
    rules = scoring.parse_framework(text)
    found = Framework.objects.filter(slug=rules.slug, version=rules.version).first()
    if found is not None:
        if found.fingerprint != rules.fingerprint:
            message = (
                f"{rules.version} is published already with other content; give it a new version"
            )
            raise FaultyInput([Fault("framework.version", message)])
        return Published(found, is_new=False)
    framework = _insert(rules, by)
    _add_criteria(framework)
    add_profiles_of(framework=framework, by=by)
    record_event(
        action="framework.publish",
        by=by,
        subject=f"{rules.slug} {rules.version}",
        after={"fingerprint": rules.fingerprint},
        reason=reason,
    )
    return Published(framework, is_new=True)


def _insert(rules: scoring.Framework, by: User | None) -> Framework:
    """Store the version. Raises Refused where somebody published it at the same moment."""
    try:
        with transaction.atomic():
            return Framework.objects.create(
                slug=rules.slug,
                version=rules.version,
                name=rules.name,
                document=rules.document,
                fingerprint=rules.fingerprint,
                published_by=by,
            )
    except IntegrityError as error:
        raise Refused(
            _("Somebody published this version meanwhile. Load the page again.")
        ) from error


@transaction.atomic
def add_draft(*, text: str, by: User) -> FrameworkDraft:
    """Keep a framework file to look at before it is published.

    Raises scoring.FrameworkError with each fault, and FaultyInput where its version is published
    already: with the same content there is nothing to do, with other content it needs a new version.
    """
    rules = scoring.parse_framework(text)
    found = Framework.objects.filter(slug=rules.slug, version=rules.version).first()
    if found is not None:
        words = (
            _("%s is published already with this content")
            if found.fingerprint == rules.fingerprint
            else _("%s is published already with other content; give it a new version")
        )
        raise FaultyInput([Fault("framework.version", words % rules.version)])
    draft = FrameworkDraft.objects.create(text=text, uploaded_by=by)
    record_event(
        action="framework.draft",
        by=by,
        subject=f"{rules.slug} {rules.version}",
        after={"fingerprint": rules.fingerprint},
    )
    return draft


@transaction.atomic
def publish_draft(*, draft: FrameworkDraft, version: str, reason: str, by: User) -> Framework:
    """Publish what a draft holds. `version` is typed again, so that nobody publishes by accident.

    Raises Refused where the version typed is another one, the reason is missing, or the draft is
    gone; FaultyInput where the version was published meanwhile with other content.
    """
    held = _held(draft)
    rules = scoring.parse_framework(held.text)
    if version.strip() != rules.version:
        raise Refused(_("Type %s to publish it.") % rules.version)
    if not reason.strip():
        raise Refused(_("Say what changes and why."))
    published = publish_framework(text=held.text, reason=reason.strip(), by=by)
    held.delete()
    return published.framework


@transaction.atomic
def drop_draft(*, draft: FrameworkDraft, by: User) -> None:
    """Take a draft away. Raises Refused where it is gone already."""
    held = _held(draft)
    rules = scoring.parse_framework(held.text)
    held.delete()
    record_event(
        action="framework.drop",
        by=by,
        subject=f"{rules.slug} {rules.version}",
        before={"fingerprint": rules.fingerprint},
    )


def _held(draft: FrameworkDraft) -> FrameworkDraft:
    held = FrameworkDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise Refused(_("The draft was published or dropped meanwhile."))
    return held


def _add_criteria(framework: Framework) -> None:
    """One row a criterion, in the order of the document."""
    rules = framework.rules
    Criterion.objects.bulk_create(
        Criterion(
            framework=framework,
            category_code=rules.category_of(criterion.code).code,
            code=criterion.code,
            position=position,
        )
        for position, criterion in enumerate(rules.criteria)
    )
