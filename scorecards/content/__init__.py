"""What a scorecard says: one self-contained value, built from a snapshot and nothing else.

Pure: no database and no clock. The same snapshot gives the same content, so its digest tells two
documents apart and a document can be drawn again at any time.
"""

from scorecards.content.document import CONTENT_FORMAT, scorecard_content
from scorecards.content.figures import ContentError

__all__ = ["CONTENT_FORMAT", "ContentError", "scorecard_content"]
