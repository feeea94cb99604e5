"""Tags of the page frame."""
