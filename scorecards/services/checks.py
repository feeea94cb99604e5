"""How often an address may check scorecards on the public page."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from scorecards.models import CheckWindow

WINDOW = timedelta(minutes=1)
#: Windows are kept a little longer than they count, for clocks of several machines that differ.
KEPT = timedelta(minutes=10)
#: An IPv6 subscriber has that many leading bits to themselves and may take any address below.
_IPV6_PREFIX = 64
#: Some proxies add the port, which is another with each connection.
_PORT = re.compile(r"\A(?:\[(.+)\]|([0-9.]+))(?::[0-9]+)?\Z")
#: One statement, so that no two checks at once count as one. SQLite and PostgreSQL read it alike.
_COUNT_ONE = """
    INSERT INTO scorecards_checkwindow (who, begins_at, count) VALUES (%s, %s, 1)
    ON CONFLICT (who) DO UPDATE SET count = scorecards_checkwindow.count + 1
    RETURNING count
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How often an address has checked within this minute, this time included."""

    count: int
    now: datetime
    next_at: datetime

    @property
    def is_allowed(self) -> bool:
        """Whether it may have an answer."""
        return self.count <= settings.CHECKS_A_MINUTE

    @property
    def wait(self) -> int:
        """Whole seconds until the next minute, at least one."""
        return max(1, math.ceil((self.next_at - self.now).total_seconds()))


def count_check(address: str) -> Counted:
    """Count one check of an address; the first within a minute clears away what is over."""
    now = timezone.now()
    begins_at = now.replace(second=0, microsecond=0)
    who = _who(address, begins_at)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ONE, [who, _adapted(begins_at)])
        count = int(cursor.fetchone()[0])
    if count == 1:
        forget_windows()
    return Counted(count, now, begins_at + WINDOW)


def forget_windows() -> int:
    """Remove windows that no longer count. Returns how many there were."""
    removed, _by_model = CheckWindow.objects.filter(begins_at__lt=timezone.now() - KEPT).delete()
    return removed


def _who(address: str, begins_at: datetime) -> str:
    """A keyed hash: whoever reads the table learns no address from it."""
    text = f"{_network(address)} {begins_at.isoformat()}"
    return salted_hmac("scorecards.checks", text, algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """Whom an address stands for: itself, or its network of 64 bits in IPv6."""
    try:
        found = ip_address(_PORT.sub(r"\1\2", address))
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), _IPV6_PREFIX), strict=False))


def _adapted(moment: datetime) -> Any:
    """The moment as the database at hand takes it in raw SQL."""
    return connection.ops.adapt_datetimefield_value(moment)
