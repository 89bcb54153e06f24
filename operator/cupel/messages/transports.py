"""From an apprise URL, which is full of secrets, to what sends and to a name that has none."""

from __future__ import annotations

import logging

from apprise import Apprise, AppriseAsset, NotifyBase, PersistentStoreMode

SILENCE = logging.CRITICAL + 1
logging.getLogger("apprise").setLevel(SILENCE)  # its lines show URLs; what failed is our caller's to say
ASSET = AppriseAsset(
    app_id="Cupel",
    app_desc="Cupel",
    app_url="",
    async_mode=False,
    secure_logging=True,
    storage_mode=PersistentStoreMode.MEMORY,
)
MACHINE_LOCAL = frozenset({"dbus", "glib", "gnome", "macosx", "qt", "kde", "syslog", "windows"})
"""They show something on the machine the process runs on, where nobody looks."""


class UnusableUrl(ValueError):
    """apprise cannot send to this URL; the text shows no part of it but its scheme."""


def notifier(url: str) -> NotifyBase:
    """What sends to this URL. Raises UnusableUrl."""
    found = Apprise.instantiate(url, asset=ASSET)
    if found is None:
        raise UnusableUrl(f"the {_scheme(url)} URL is none that apprise knows, or lacks a part it needs")
    if name_of(found) in MACHINE_LOCAL:
        raise UnusableUrl(f"{name_of(found)} reaches nobody outside this machine")
    return found


def transport(url: str) -> str:
    """The kind of channel, such as `mailto` or `slack`; the same with and without TLS. Raises UnusableUrl."""
    return name_of(notifier(url))


def name_of(found: NotifyBase) -> str:
    named = found.protocol or found.secure_protocol or "unknown"
    return named if isinstance(named, str) else str(sorted(named)[0])


def _scheme(url: str) -> str:
    scheme, mark, _ = url.partition("://")
    return scheme if mark and scheme.isalnum() and len(scheme) <= 20 else "given"
