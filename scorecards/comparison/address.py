"""The address of a comparison as it is kept: one spelling for what shows the same."""

from __future__ import annotations

from urllib.parse import urlencode

from scorecards.comparison.asked import WEIGHT, Asked


def kept_address(asked: Asked) -> str:
    """The query that shows the comparison anew, without the question mark.

    Vendors in their order, then the rest by name. What is folded open, the rows hidden and what
    could not be read are left out: they are no part of what was compared.
    """
    pairs = [("v", str(key)) for key in asked.vendor_ids]
    pairs += [("draft", str(key)) for key in asked.vendor_ids if key in asked.drafts]
    if asked.profile:
        pairs.append(("profile", asked.profile))
    pairs += [(WEIGHT + code, asked.weights[code]) for code in sorted(asked.weights)]
    pairs += [("lock", code) for code in sorted(asked.locked)]
    pairs += [("pair", str(key)) for key in asked.pair]
    if asked.line:
        pairs.append(("line", asked.line))
    if asked.on:
        pairs.append(("on", asked.on.isoformat()))
    return urlencode(pairs)
