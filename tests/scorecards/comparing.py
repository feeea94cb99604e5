"""Reading a comparison page."""

import re
from html import unescape


def words(response):
    """The text of the page's main part, without markup, one space between words."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
