"""Comparisons to print, kept or not."""

import io

import pypdf

from scorecards.comparison import Asked, compare
from scorecards.comparison.document import comparison_document
from scorecards.models import Kind
from scorecards.services.comparisons import choose_vendor, save_comparison
from scorecards.services.documents import request_document
from vendors.models import Vendor

PURPOSE = "Customer care in German"


def comparison_of(vendors, **query):
    """The comparison page of these vendors."""
    ids = [str(vendor.public_id) for vendor in vendors]
    return compare(Vendor.objects.all(), Asked.from_query({"v": ids, **query}))


def document_of(vendors, *, purpose="", note="", **query):
    """What it says, as a document."""
    shown = comparison_of(vendors, **query)
    return comparison_document(shown, shown.table, purpose=purpose, note=note)


def kept(vendors, by, *, purpose=PURPOSE, note=""):
    """A saved comparison of these vendors."""
    shown = comparison_of(vendors)
    return save_comparison(comparison=shown, purpose=purpose, note=note, by=by)


def chosen(saved, vendor, by, reason="It leads, and its evidence is verified."):
    """The vendor chosen from a saved comparison, in place of the one before."""
    seen = saved.choices.filter(replaced_at=None).first()
    return choose_vendor(
        comparison=saved,
        vendor_id=str(vendor.public_id),
        reason=reason,
        seen=seen.pk if seen else 0,
        by=by,
    )


def asked(vendors, by, **more):
    """The document of the live page, asked for."""
    document = document_of(vendors)
    return request_document(kind=Kind.COMPARISON, document=document, by=by, wakes=False, **more)


def texts(data):
    """The text of each page, one space between words."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
