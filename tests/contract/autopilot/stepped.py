"""`python -m tests.contract.autopilot.stepped FILE`: the autopilot, where the clock of the day is as many seconds off as FILE says.

Only root may set a machine's clock, and then everybody's; the product reads it in one place, which is where this stands.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

from cupel import clock
from cupel.autopilot.__main__ import main

_true = clock.now
_off = Path(sys.argv[1])


def now() -> datetime:
    return _true() + timedelta(seconds=float(_off.read_text("utf-8")))


clock.now = now
sys.exit(main())
