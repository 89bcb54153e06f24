"""`python -m cupel.janitor`: one round.

Exit codes: 0 done, 1 something could not be done (the log says what; the next round tries again),
2 unusable settings.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.settings.environment import SettingError
from cupel.settings.janitor import JanitorSettings, janitor_settings
from cupel.telemetry.logs import start_logging

from .rounds import Round


def main() -> int:
    """Read the settings and go round."""
    try:
        settings = janitor_settings(os.environ)
    except SettingError as error:
        sys.stderr.write(f"cupel.janitor: {error}\n")
        return 2
    start_logging(settings.log_format, settings.log_level)
    return asyncio.run(go_round(settings, os.environ))


async def go_round(settings: JanitorSettings, values: Mapping[str, str]) -> int:
    client = Client(api_client(await configuration(values), agent="cupel-janitor"))
    now = datetime.now(UTC)  # noqa: TID251  # a round is of one moment, and this is where it is taken
    try:
        return 0 if await Round(client, settings, now).go() else 1
    finally:
        await client.close()


if __name__ == "__main__":
    sys.exit(main())
