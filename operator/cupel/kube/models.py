"""Objects of our kinds as models: the JSON in the stores, parsed once for as long as it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import Resource
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision

R = TypeVar("R", bound=Resource)


def _reader(model: type[R], known: int) -> Callable[[str], R]:
    """Raises pydantic.ValidationError on what is no such object. `known`: so many stay parsed."""

    @lru_cache(maxsize=known)
    def read(content: str) -> R:
        """Pydantic reads JSON faster by half, and gives up at 200 levels; Python does not."""
        try:
            return model.model_validate_json(content)
        except ValidationError:
            return model.model_validate(json.loads(content))

    return read


tool = _reader(GeneratedTool, 256)
revision = _reader(ToolRevision, 256)
ledger = _reader(ApprovalLedger, 32)
policy = _reader(ToolPolicy, 256)
autonomy = _reader(AutonomyPolicy, 256)
gap = _reader(CapabilityGap, 256)
