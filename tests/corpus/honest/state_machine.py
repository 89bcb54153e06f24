from enum import Enum, auto, unique
from typing import Callable, Dict, Optional


@unique
class State(Enum):
    NEW = auto()
    PAID = auto()
    SHIPPED = auto()
    CLOSED = auto()

    def __str__(self) -> str:
        return self.name.lower()


_handlers: Dict[str, Callable] = {}


def event(name: str):
    def register(function):
        _handlers[name] = function
        return function

    return register


@event("pay")
def _pay(state: State) -> Optional[State]:
    return State.PAID if state is State.NEW else None


@event("ship")
def _ship(state: State) -> Optional[State]:
    return State.SHIPPED if state is State.PAID else None


@event("close")
def _close(state: State) -> Optional[State]:
    return State.CLOSED if state in {State.NEW, State.SHIPPED} else None


def run(events: list) -> dict:
    state, trail = State.NEW, []
    for name in events:
        handler = _handlers.get(name)
        if handler is None:
            raise ValueError(f"unknown event {name}")
        following = handler(state)
        if following is None:
            return {"state": str(state), "trail": trail, "refused": name}
        state = following
        trail.append(str(state))
    return {"state": str(state), "trail": trail, "refused": None}
