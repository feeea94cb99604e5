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


def can_correct(user: Actor) -> bool:
    """A manager issues corrections: it is a manager who decided what the scorecard says."""
    return user.role == Role.MANAGER


def can_withdraw(user: Actor) -> bool:
    """A manager withdraws a numbered document, with a reason."""
    return user.role == Role.MANAGER


def can_read_system(user: Actor) -> bool:
    """An administrator sees how the queue, the workers and the disk are doing."""
    return user.role == Role.ADMINISTRATOR
