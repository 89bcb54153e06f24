"""`python -m cupel.notify`: run one notifier.

Exit codes: 0 told to stop, 1 the store cannot be used or something failed for good, 78 unusable settings.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from cupel.settings.environment import SettingError
from cupel.settings.notify import notify_settings
from cupel.store.engine import StoreUnusable, parsed
from cupel.telemetry.logs import start_logging

from .process import Notifier
from .routes import RoutesFile, RoutesUnusable

log = logging.getLogger("cupel.notify")
UNUSABLE = 78
"""EX_CONFIG: the settings cannot work."""


def main() -> int:
    try:
        settings = notify_settings(os.environ)
        start_logging(settings.log_format, settings.log_level)
        parsed(settings.store_url)
        routes = RoutesFile(settings.routes_file)
    except (SettingError, RoutesUnusable, StoreUnusable) as error:
        sys.stderr.write(f"cupel notify: {error}\n")
        return UNUSABLE
    try:
        asyncio.run(Notifier(settings, routes).run(os.environ))
    except StoreUnusable as error:
        log.critical("ending: %s", error)
        return 1
    except BaseExceptionGroup:
        log.critical("ending: something failed for good", exc_info=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
