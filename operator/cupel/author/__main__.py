"""`python -m cupel.author`: run one author.

Exit codes: 0 told to stop, 1 something failed for good, 78 unusable settings.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from functools import partial

from cupel.generate.model import Asker
from cupel.generate.providers import model_of
from cupel.settings.author import author_settings
from cupel.settings.starting import settings_of
from cupel.telemetry.logs import start_logging

from .making import Maker
from .process import Author

log = logging.getLogger("cupel.author")


def main() -> int:
    settings = settings_of("author", author_settings)
    start_logging(settings.log_format, settings.log_level)
    offer = settings.model
    asker = Asker(offer, partial(model_of, offer)) if offer else None
    try:
        asyncio.run(Author(settings, Maker(asker)).run(os.environ))
    except BaseExceptionGroup:
        log.critical("ending: something failed for good", exc_info=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
