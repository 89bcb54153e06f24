"""What should be gone and is not, because the API server refuses to delete it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .plan import Action, Delete, Outcome, refused


def tidied(actions: Iterable[Action], denied: Mapping[str, str]) -> tuple[tuple[str, Outcome], ...]:
    """The condition Tidied: there only while a deletion of this very pass was refused before."""
    stuck = [action for action in actions if isinstance(action, Delete) and action.thing in denied]
    if not stuck:
        return ()
    first = stuck[0]
    more = f" and {len(stuck) - 1} more" if len(stuck) > 1 else ""
    message = (
        f"the API server refuses to delete {first.kind} {first.namespace}/{first.name}{more}: "
        f"{denied[first.thing]}. An administrator must mend what that names (the operator deletes by the "
        "role cupel-operator-zone), or delete it by hand"
    )
    return (("Tidied", refused("DeleteDenied", message)),)
