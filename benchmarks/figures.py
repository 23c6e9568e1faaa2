"""What was measured, what it was measured against, and whether that is what was aimed at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure. `value` and `peers` are medians where the computer's speed matters, and otherwise counts."""

    group: str
    what: str
    value: float
    unit: str
    peers: Mapping[str, float] = field(default_factory=dict)
    at_most: float | None = None
    """What is aimed at, in the unit."""
    times_better: float | None = None
    """What is aimed at: so many times less than the better of the peers."""
    limit: str = ""
    """Where the aim can't be reached, why."""

    @property
    def ratio(self) -> float | None:
        """Return how many times less it is than the better of the peers."""
        return min(self.peers.values()) / self.value if self.peers else None

    @property
    def aim(self) -> str:
        """Return what is aimed at, in words."""
        if self.times_better is not None:
            return f"{self.times_better:g} times less"
        return "" if self.at_most is None else f"at most {shown(self.at_most)} {self.unit}".strip()

    @property
    def is_met(self) -> bool | None:
        """Tell whether the aim is reached; None where there is none."""
        if self.times_better is not None:
            return self.ratio is not None and self.ratio >= self.times_better
        return None if self.at_most is None else self.value <= self.at_most

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**asdict(self), "ratio": self.ratio, "met": self.is_met}


def shown(value: float) -> str:
    """Return a figure with as many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def medians(samples: Mapping[str, list[float]]) -> dict[str, float]:
    """Return the median of each row of samples."""
    return {name: median(row) for name, row in samples.items()}
