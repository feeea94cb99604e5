"""What the builder lets others know of, so that it need not know them."""

from django.dispatch import Signal

#: Sent once the transaction is done that made a document ready or failed it; `row` is the document.
document_settled = Signal()
