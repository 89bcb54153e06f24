"""`python -m cupel.controller`: run one operator.

Exit codes: 0 told to stop, 1 must not go on, 2 unusable settings.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

from cupel.settings.environment import SettingError
from cupel.settings.operator import operator_settings
from cupel.telemetry.logs import start_logging

from .process import operate

RESOLV_CONF = Path("/etc/resolv.conf")


def main() -> int:
    """Read the settings and run."""
    try:
        resolv = RESOLV_CONF.read_text(encoding="utf-8") if RESOLV_CONF.exists() else ""
        settings = operator_settings(os.environ, resolv)
    except SettingError as error:
        sys.stderr.write(f"cupel.controller: {error}\n")
        return 2
    start_logging(settings.log_format, settings.log_level)
    try:
        return asyncio.run(operate(settings, os.environ))
    except BaseExceptionGroup:
        logging.getLogger("cupel.controller").critical("ending: something failed for good", exc_info=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
