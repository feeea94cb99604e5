"""What a scorecard says: one self-contained value, built from its record and nothing else.

Pure: no database and no clock. The same record gives the same content, so a document can be drawn
again at any time.
"""

from scorecards.content.document import (
    CONTENT_FORMAT,
    framework_of,
    record_summary,
    scorecard_content,
)
from scorecards.content.figures import ContentError

__all__ = ["CONTENT_FORMAT", "ContentError", "framework_of", "record_summary", "scorecard_content"]
