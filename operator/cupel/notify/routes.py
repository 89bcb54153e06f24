"""The file of channels and routes: read, checked, and read again when it changes."""

from __future__ import annotations

import logging
from pathlib import Path

import yaml
from pydantic import ValidationError

from cupel.api.routing import Routing
from cupel.decide.advice import ADVICE
from cupel.messages import UnusableUrl, transport

log = logging.getLogger("cupel.notify")
LARGEST = 262_144
"""Bytes; a Secret holds a mebibyte."""
REASONS = frozenset(ADVICE) | {"Serving"}


class RoutesUnusable(Exception):
    """The file cannot be used; the text names the field and shows nothing of any URL."""


def parsed(text: str) -> Routing:
    """The file's content. Raises RoutesUnusable."""
    try:
        content = yaml.safe_load(text)
        routing = Routing.model_validate(content, by_alias=True, by_name=False)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise RoutesUnusable(f"it must be YAML{f': see line {mark.line + 1}' if mark else ''}") from None
    except ValidationError as error:
        raise RoutesUnusable(_first(error)) from None
    except RecursionError:
        raise RoutesUnusable("it must not be nested so deeply") from None
    for number, channel in enumerate(routing.channels):
        try:
            transport(channel.url.get_secret_value())
        except UnusableUrl as error:
            raise RoutesUnusable(f"channels.{number}.url must be an apprise URL: {error}") from None
    return routing


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {message}{more}" if where else f"{message}{more}"


class RoutesFile:
    """The routes in force: those of the newest content of the file that could be used."""

    def __init__(self, path: str) -> None:
        """Raises RoutesUnusable: at the start there are none to keep."""
        self._path = Path(path)
        self._seen = self._read()
        self.routing = parsed(self._seen)
        self.problem = ""
        """Why the file as it is now is not in force."""
        _say_unknown(self.routing)

    def look(self) -> bool:
        """Take over what changed. Answers whether other routes are in force now."""
        try:
            content = self._read()
            if content == self._seen and not self.problem.startswith(str(self._path)):
                return False
            self._seen = content
            routing = parsed(content)
        except RoutesUnusable as error:
            self._keep(str(error))
            return False
        changed = routing != self.routing
        self.routing, self.problem = routing, ""
        if changed:
            log.info("new routes are in force")
            _say_unknown(routing)
        return changed

    def _keep(self, problem: str) -> None:
        if problem != self.problem:
            log.error("%s is not used, the routes before stay in force: %s", self._path, problem)
        self.problem = problem

    def _read(self) -> str:
        try:
            with self._path.open("rb") as file:
                content = file.read(LARGEST + 1)
            if len(content) > LARGEST:
                raise RoutesUnusable(f"{self._path} must be at most {LARGEST} bytes")
            return content.decode("utf-8")
        except OSError as error:
            raise RoutesUnusable(f"{self._path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise RoutesUnusable(f"{self._path} must be UTF-8") from None


def _say_unknown(routing: Routing) -> None:
    """The kubelet has words of its own, so that an unknown reason may be right; more often it is a slip."""
    for number, route in enumerate(routing.routes):
        for reason in route.reasons:
            if reason not in REASONS:
                log.warning(
                    "routes.%s.reasons: %s is none of docs/reasons.md; is it spelled right?", number, reason
                )
