"""What of a plan somebody acts by, and what is only noted: that waits until everybody's acts are done."""

from __future__ import annotations

from dataclasses import dataclass

from cupel.decide.autonomy import Plan

from .look import Flown


@dataclass(frozen=True)
class Step:
    """One policy of a look, and what was decided about it."""

    one: Flown
    plan: Plan

    @property
    def is_noted(self) -> bool:
        """Whether its status is written with the act.

        The count of a tool is the act itself: the operator follows it. A rollback of a Deployment is noted
        before it is done: whoever is killed in between does it when back, and nobody does it twice.
        """
        policy = self.one.policy
        counts = policy.spec.flies_a_tool and self._counted != policy.status.desired_replicas
        return counts or bool(self.plan.back_to)

    @property
    def acts(self) -> bool:
        """Whether anything is done, or asked for."""
        return self.plan.scale is not None or bool(self.plan.condemn) or self.is_noted

    @property
    def _counted(self) -> int | None:
        return self.plan.status.desired_replicas
