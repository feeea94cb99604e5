"""The people who sign in, the links that let them in, and their sessions."""

from vetting.models.invitation import LINK_DAYS, Invitation
from vetting.models.session import Session
from vetting.models.user import ROLE_LABELS, User, UserManager

__all__ = ["LINK_DAYS", "ROLE_LABELS", "Invitation", "Session", "User", "UserManager"]
