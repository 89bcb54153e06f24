"""`python -m cupel.autopilot`: run one autopilot.

Exit codes: 0 told to stop, 1 it may not go on (another leads now, or something failed for good), 78 unusable
settings.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from cupel.kube.lease import LeaseLost
from cupel.settings.autopilot import autopilot_settings
from cupel.settings.starting import settings_of
from cupel.telemetry.logs import start_logging

from .process import Autopilot

log = logging.getLogger("cupel.autopilot")


def main() -> int:
    settings = settings_of("autopilot", autopilot_settings)
    start_logging(settings.log_format, settings.log_level)
    code = 0
    try:
        asyncio.run(Autopilot(settings, os.environ).run())
    except* LeaseLost as lost:
        log.error("ending: it leads no longer: %s", lost.exceptions[0])
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
