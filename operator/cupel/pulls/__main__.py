"""`python -m cupel.pulls`: review by pull request.

Exit codes: 0 told to stop, 1 something failed for good, 78 unusable settings.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from cupel.settings.environment import SettingError
from cupel.settings.pulls import pulls_settings
from cupel.telemetry.logs import start_logging

from .problems import Refused
from .process import Service
from .token import Token

log = logging.getLogger("cupel.pulls")
UNUSABLE = 78
"""EX_CONFIG: the settings cannot work."""


def main() -> int:
    try:
        settings = pulls_settings(os.environ)
        Token(settings.token_file).read()
    except (SettingError, Refused) as error:
        sys.stderr.write(f"cupel pulls: {error}\n")
        return UNUSABLE
    start_logging(settings.log_format, settings.log_level)
    try:
        asyncio.run(Service(settings).run(os.environ))
    except BaseExceptionGroup:
        log.critical("ending: something failed for good", exc_info=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
