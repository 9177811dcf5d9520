"""Faults that a test asks for: the next calls of a Web API method go wrong in a chosen way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

FaultKind = Literal[
    "ratelimited",  # 429 with Retry-After
    "status",  # an HTTP status such as 500 or 503 with a plain body
    "html",  # 200 with a page instead of JSON
    "empty",  # 200 with nothing
    "truncated",  # 200 with half of the JSON
    "reset",  # the connection is cut before anything is done
    "timeout",  # nothing is done and no answer comes for `seconds`
    "dropped",  # the call is carried out, then the connection is cut before the answer
    "slow",  # the call is carried out and answered after `seconds`
    "error",  # ok:false with this error
]


@dataclass
class Fault:
    """One way in which the next `count` calls of a method ("*" for any) fail."""

    method: str
    kind: FaultKind
    count: int = 1
    status: int = 500
    retry_after: int = 30
    seconds: float = 60.0
    error: str = "fatal_error"


@dataclass
class Faults:
    """The faults still to come, oldest first."""

    waiting: list[Fault] = field(default_factory=list)
    chance: Callable[[str], Fault | None] = field(default=lambda _method: None)
    """Asked for each call that nothing waits for: it may be made to suffer all the same."""

    def add(self, method: str, kind: FaultKind, **options: Any) -> Fault:
        """Make the next calls of a method fail; see `Fault` for the options. Raises ValueError for an unknown kind."""
        if kind not in get_args(FaultKind):
            raise ValueError(f"no such fault: {kind}")
        fault = Fault(method, kind, **options)
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything work again."""
        self.waiting.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault this call must suffer, if any, and use up one of its counts."""
        for fault in self.waiting:
            if fault.method in (method, "*"):
                fault.count -= 1
                if fault.count <= 0:
                    self.waiting.remove(fault)
                return fault
        return self.chance(method)
