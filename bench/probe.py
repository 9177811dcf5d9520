"""`python -m bench.probe`: can the time of an answer tell what is true of a colleague? Prints a report, tests nothing.

For every door of tests/threats/probe.py, somebody who never asked is compared with people of whom something is true.
AUC is how often the slower of two answers is the one about the other person: 0.50 is a coin, and 1.00 tells for sure.

REPEAT=200     answers for each person and door
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns

from store.master import FileMasterKey
from tests.faults.ground import Ground as Databases
from tests.faults.ground import prepare
from tests.threats.probe import DOORS, Door, Target, kept_from, targets
from tests.threats.scenes import Ground, open_ground

COMPARED = (
    "asked, new",
    "asked, talks",
    "asked, gone",
    "a supporter who asked",
    "kept out, new",
    "kept out, talks",
    "kept out, gone",
)
WARM = 10


def auc(ones: Sequence[int], others: Sequence[int]) -> float:
    """Return how often one of the others is slower than one of the ones, equals by half; 0.5 cannot be told apart."""
    ranked = sorted(ones)
    slower = sum((bisect_left(ranked, each) + bisect_right(ranked, each)) / 2 for each in others)
    return slower / (len(ones) * len(others))


async def times(ground: Ground, door: Door, tried: Mapping[str, Target], repeat: int) -> dict[str, list[int]]:
    """Return the nanoseconds of each answer, from the payload to the last call of Slack, in an order by chance."""
    order = [name for name in tried for _ in range(repeat)]
    random.shuffle(order)
    found: dict[str, list[int]] = {name: [] for name in tried}
    for number, name in enumerate([*order[:WARM], *order]):
        payload = door.makes(ground, door.who, tried[name])
        begun = perf_counter_ns()
        await ground.told(payload)
        if number >= WARM:
            found[name].append(perf_counter_ns() - begun)
        ground.put_back()
    return found


async def report(ground: Ground, found: Mapping[str, Target], repeat: int) -> None:
    """Print a line for every door and person."""
    print(f"{'door':46} {'of X is true':26} {'never asked':>12} {'X':>9} {'AUC':>6}")
    for door in DOORS:
        everybody = kept_from(ground) if door.kept_out else found
        tried = {name: each for name, each in everybody.items() if door.tries(each)}
        first = next(iter(tried))
        chosen = {
            name: tried[name] for name in (first, *(each for each in COMPARED if each in tried and each != first))
        }
        measured = await times(ground, door, chosen, repeat)
        base = measured.pop(first)
        for name, values in measured.items():
            medians = [statistics.median(each) / 1e6 for each in (base, values)]
            said = name if first == "never asked" else f"{name} (against {first})"
            print(f"{door.name:46} {said:26.26} {medians[0]:9.2f} ms {medians[1]:6.2f} ms {auc(base, values):6.2f}")


async def run(folder: Path, repeat: int) -> None:
    """Prepare a town in this folder, and measure."""
    master = folder / "key"
    FileMasterKey.create(master)
    await prepare(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keyring.db", master)
    here = folder / "town"
    here.mkdir()
    async with open_ground(await Databases(master, folder).places(here)) as ground:
        found = await targets(ground)
        ground.keep()
        await report(ground, found, repeat)


def main() -> None:
    """Measure in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), max(int(os.environ.get("REPEAT") or 200), 2)))


if __name__ == "__main__":
    main()
