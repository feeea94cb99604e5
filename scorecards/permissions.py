"""Who may keep comparisons, choose from them and read the portfolio."""

from __future__ import annotations

from vendors.permissions import Actor, Role


def can_save_comparison(user: Actor) -> bool:
    """Procurement and managers keep comparisons and make documents of them."""
    return user.role in {Role.PROCUREMENT, Role.MANAGER}


def can_choose_vendor(user: Actor) -> bool:
    """A manager records which vendor was chosen from a saved comparison."""
    return user.role == Role.MANAGER


def can_read_portfolio(user: Actor) -> bool:
    """Managers steer by the portfolio, auditors read everything."""
    return user.role in {Role.MANAGER, Role.AUDITOR}
