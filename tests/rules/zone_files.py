"""Zone data of a test's own, which comes before the packaged one."""

from __future__ import annotations

import shutil
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo


@contextmanager
def folder_of_zones(folder: Path) -> Iterator[Path]:
    """Let a folder's zone files come before the packaged ones, as a later release of the data would."""
    zoneinfo.reset_tzpath(to=(str(folder),))
    ZoneInfo.clear_cache()
    try:
        yield folder
    finally:
        zoneinfo.reset_tzpath(to=())
        ZoneInfo.clear_cache()


def put(folder: Path, zone: str, like: str) -> None:
    """Let a zone go by the rules of another from now on."""
    source = files("tzdata").joinpath("zoneinfo", *like.split("/"))
    (folder / zone).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(str(source), folder / zone)
    ZoneInfo.clear_cache()
