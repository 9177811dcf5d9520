"""How busy the machine was, and what a process costs: read from /proc, pinned with the scheduler."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """Return the core for the servers and the core for the load; the same one where there is only one."""
    there = sorted(os.sched_getaffinity(0))
    return there[0], there[-1]


@dataclass(frozen=True, slots=True)
class Busy:
    """What the whole machine had spent at an instant, in ticks."""

    total: int
    idle: int
    stolen: int

    @classmethod
    def now(cls) -> Busy:
        """Read the machine's counters."""
        ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return cls(sum(ticks), ticks[3] + ticks[4], ticks[7])

    def since(self, before: Busy) -> str:
        """Say how busy the machine was between two instants, the bench itself included."""
        total = max(self.total - before.total, 1)
        used = 100 * (1 - (self.idle - before.idle) / total)
        stolen = 100 * (self.stolen - before.stolen) / total
        return f"{used:.0f} % of all cores used, {stolen:.1f} % stolen by other machines"


def load() -> str:
    """Return the load averages of the last one, five and fifteen minutes."""
    return " ".join(f"{one:.2f}" for one in os.getloadavg())


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, all its threads together."""
    try:
        spent = sum(int(part.read_text().split()[0]) for part in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    except OSError:
        spent = 0
    if spent:
        return spent / 1e9
    # A kernel that keeps no exact account: ticks of ten milliseconds.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def resident_megabytes(pid: int) -> float:
    """Return what a process holds in memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("the process has no memory of its own")


def processor() -> str:
    """Return the processor's name and how many cores there are."""
    names = {
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith(("model name", "Hardware"))
    }
    return f"{', '.join(sorted(names)) or 'unknown processor'}, {os.cpu_count()} cores"
