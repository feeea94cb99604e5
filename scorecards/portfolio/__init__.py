"""The portfolio: all vendors in figures, from rows to what the page and the documents show."""
