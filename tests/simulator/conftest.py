from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from simulator import Simulator
from tests.simulator.bolt_app import MANIFEST, Parrot


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with await Simulator.start(manifest=MANIFEST, rate_scale=0) as simulator:
        yield simulator


@pytest.fixture
async def parrot(sim: Simulator) -> AsyncIterator[Parrot]:
    app = Parrot(sim)
    await app.serve()
    yield app
    await app.stop()


@pytest.fixture(params=["http", "socket"])
async def any_parrot(request: pytest.FixtureRequest, sim: Simulator) -> AsyncIterator[Parrot]:
    app = Parrot(sim)
    await (app.serve() if request.param == "http" else app.connect())
    yield app
    await app.stop()
