"""The words of the public check, for each answer that it can give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scorecards.models import Scorecard
from scorecards.queries.checked import Checked, Equal, Verdict
from scorecards.queries.disclosed import Facts, is_rejection

#: Icon and colour, a band's, of each answer.
LOOKS = {
    Verdict.IN_FORCE: ("patch-check-fill", "a"),
    Verdict.REPLACED: ("clock-history", "c"),
    Verdict.EXPIRED: ("clock-history", "c"),
    Verdict.CLOSED: ("clock-history", "c"),
    Verdict.WITHDRAWN: ("slash-circle", "e"),
    Verdict.DRAFT: ("pencil", "c"),
    Verdict.CHANGED: ("exclamation-octagon-fill", "e"),
    Verdict.DAMAGED: ("exclamation-octagon-fill", "e"),
    Verdict.UNKNOWN: ("search", "n"),
    Verdict.TOO_MANY: ("hourglass-split", "n"),
}


#: A genuine rejection is no good news: its seal has no colour.
_REJECTION = ("patch-check-fill", "n")


@dataclass(frozen=True, slots=True)
class Words:
    """An answer in words. `later` is the number of the document that took its place."""

    title: str
    text: str
    later: str = ""


def look_of(found: Checked) -> tuple[str, str]:
    """Icon and colour of an answer."""
    if found.verdict is Verdict.IN_FORCE and is_rejection(found):
        return _REJECTION
    return LOOKS[found.verdict]


def words_of(found: Checked, facts: Facts) -> Words:
    """What the page says: first the verdict, then what it rests on."""
    words = _SAYS[found.verdict](found, facts)
    parts = [words.text, _basis(found), _other(found)]
    return Words(words.title, " ".join(part for part in parts if part), words.later)


def too_many(limit: int, again: str) -> Words:
    """What is said to an address that checks too often."""
    text = _("This address has checked %(count)d times in a minute. Try again at %(time)s.")
    return Words(_("Too many checks"), text % {"count": limit, "time": again})


def name_of(row: Scorecard) -> str:
    """The number of a document; drafts have none."""
    return row.number or _("The draft")


def _in_force(found: Checked, _facts: Facts) -> Words:
    if is_rejection(found):
        text = _("It is a rejection: the vendor was assessed and not approved.")
        title = _title(found, _("Genuine and in force, as a rejection"), _("A rejection in force"))
        return Words(title, text)
    return Words(_title(found, _("Genuine and in force"), _("Issued here and in force")), "")


def _replaced(found: Checked, facts: Facts) -> Words:
    title = _title(found, _("Genuine, but replaced"), _("Issued here, but replaced"))
    values = _values(found, facts)
    if not values["later"] and found.standed is not None and found.standed.by is not None:
        return Words(title, _("A correction of %(number)s is on its way.") % values)
    if not values["later"]:
        text = _on(
            facts.changed_on,
            _("A later decision took the place of %(number)s on %(day)s."),
            _("A later decision took the place of %(number)s."),
        )
        return Words(title, text % values)
    text = _on(
        facts.changed_on,
        _("A newer scorecard took the place of %(number)s on %(day)s: %(later)s."),
        _("A newer scorecard took the place of %(number)s: %(later)s."),
    )
    return Words(title, text % values, values["later"])


def _expired(found: Checked, facts: Facts) -> Words:
    text = _on(facts.changed_on, _("%(number)s was valid to %(day)s."), _("Its time is over."))
    return Words(_past(found), text % _values(found, facts))


def _closed(found: Checked, facts: Facts) -> Words:
    text = _on(
        facts.changed_on,
        _("The assessment behind %(number)s was closed on %(day)s."),
        _("The assessment behind %(number)s was closed."),
    )
    return Words(_past(found), text % _values(found, facts))


def _past(found: Checked) -> str:
    return _title(found, _("Genuine, no longer valid"), _("Issued here, no longer valid"))


def _withdrawn(found: Checked, facts: Facts) -> Words:
    values = _values(found, facts)
    text = _on(
        facts.changed_on,
        _("%(number)s was withdrawn on %(day)s. Do not rely on it."),
        _("%(number)s was withdrawn. Do not rely on it."),
    )
    if values["later"]:
        text = f"{text} {_('%(later)s was issued in its place.')}"
    return Words(_("Withdrawn"), text % values, values["later"])


def _draft(_found: Checked, _facts: Facts) -> Words:
    text = _("It was made here and decides nothing. Ask the sender for the numbered scorecard.")
    return Words(_("A draft"), text)


def _changed(found: Checked, _facts: Facts) -> Words:
    name = name_of(found.row) if found.row else found.given.number
    text = _(
        "%(number)s exists, but the SHA-256 of your file is another. Ask the sender for the "
        "original. Printing to PDF and merging files change the SHA-256 too."
    )
    return Words(_("The file was changed"), text % {"number": name})


def _damaged(_found: Checked, _facts: Facts) -> Words:
    text = _(
        "The register's own record of this document does not match its SHA-256, so nothing is "
        "said about it. Tell whoever issued it."
    )
    return Words(_("This cannot be confirmed"), text)


def _unknown(found: Checked, _facts: Facts) -> Words:
    title, given = _("Not in the register"), found.given
    if given.number and not (given.file or given.digest):
        text = _(
            "No scorecard has the number %s. Compare it with the paper: it has three letters, "
            "a year and four digits."
        )
        return Words(title, text % given.number)
    text = _(
        "No document has this SHA-256. A file that was printed to PDF, merged or saved anew has "
        "another one: ask the sender for the original."
    )
    if given.number:
        return Words(title, f"{text} {_('No scorecard has the number %s.') % given.number}")
    if given.file and not given.digest:
        again = _("Or type the number of its first page, then drop the file again to compare both.")
        text = f"{text} {again}"
    return Words(title, text)


_SAYS = {
    Verdict.IN_FORCE: _in_force,
    Verdict.REPLACED: _replaced,
    Verdict.EXPIRED: _expired,
    Verdict.CLOSED: _closed,
    Verdict.WITHDRAWN: _withdrawn,
    Verdict.DRAFT: _draft,
    Verdict.CHANGED: _changed,
    Verdict.DAMAGED: _damaged,
    Verdict.UNKNOWN: _unknown,
}


def _basis(found: Checked) -> str:
    """What the answer rests on: which hash equals, or the number alone."""
    if found.record is None:
        return ""
    return {
        Equal.FILE: _("The SHA-256 of your file equals the one in the register."),
        Equal.FORMER: _(
            "The SHA-256 of your file equals that of a file that was given out for this document "
            "before it was built again from the same record."
        ),
        Equal.UNSIGNED: _(
            "The SHA-256 equals that of the file before it was signed: a file with this SHA-256 "
            "has lost its signature. Ask for the signed one."
        ),
        Equal.RECORD: _(
            "The SHA-256 equals that of its record. The file itself was not compared: drop it "
            "here to know whether it was changed."
        ),
        Equal.NONE: _(
            "The number was issued here. The file was not compared: drop it here to know whether "
            "it was changed."
        ),
    }[found.equal]


def _other(found: Checked) -> str:
    if not found.is_other or found.row is None:
        return ""
    return _("Your file is %s, not the document whose number or SHA-256 was typed.") % name_of(
        found.row
    )


def _title(found: Checked, of_file: str, of_number: str) -> str:
    """A title that calls genuine only what was compared: a forged file may bear a true number."""
    return of_file if found.equal in {Equal.FILE, Equal.FORMER} else of_number


def _values(found: Checked, facts: Facts) -> dict[str, str]:
    later = found.standed.by if found.standed else None
    return {
        "number": found.row.number if found.row else "",
        "day": date_format(facts.changed_on, "j F Y") if facts.changed_on else "",
        "later": later.number if later and later.is_ready else "",
    }


def _on(day: date | None, dated: str, plain: str) -> str:
    """The sentence with its day, where days are told."""
    return dated if day else plain
