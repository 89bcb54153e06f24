"""Reading settings from environment variables, with errors that name the variable and say what it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

TARGET = re.compile(r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[1-9][0-9]{0,4}$")


class SettingError(ValueError):
    """A setting is missing or wrong; the text names the variable and what it must be."""


@dataclass(frozen=True)
class Environment:
    """The variables of a process, read by type. An empty value counts as absent."""

    values: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, "").strip() or default
        if value is None:
            raise SettingError(f"{name} must be set")
        return value

    def number(self, name: str, default: float, least: float, most: float) -> float:
        raw = self.text(name, str(default))
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise SettingError(f"{name} must be a number from {least:g} to {most:g}, not '{raw}'")
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.number(name, default, least, most)
        if value != int(value):
            raise SettingError(f"{name} must be a whole number from {least} to {most}, not '{value:g}'")
        return int(value)

    def choice(self, name: str, default: str, *choices: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise SettingError(f"{name} must be one of {', '.join(choices)}, not '{value}'")
        return value

    def targets(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """`host:port` pairs, separated by commas."""
        raw = self.values.get(name, "").strip()
        found = tuple(item.strip() for item in raw.split(",") if item.strip()) if raw else default
        for target in found:
            if not TARGET.match(target) or int(target.rpartition(":")[2]) > 65_535:
                raise SettingError(f"{name} must be host:port pairs separated by commas, not '{target}'")
        return found
