"""How a process begins: with settings that work, or with one line that says which do not."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from .environment import SettingError

S = TypeVar("S")
UNUSABLE = 78
"""EX_CONFIG: the settings cannot work."""


def settings_of(process: str, read: Callable[[Mapping[str, str]], S]) -> S:
    """The settings of this process's environment. Raises SystemExit where they cannot work."""
    try:
        return read(os.environ)
    except SettingError as error:
        sys.stderr.write(f"cupel {process}: {error}\n")
        raise SystemExit(UNUSABLE) from None
