"""The door in an administrator's Home to the form that is filled on the phone."""

from __future__ import annotations

from datetime import datetime

from slackblocks import Block

from handlers.hear import Front
from handlers.views import by_phone as views
from peersupport.addresses import Address
from peersupport.people import Duty, may_in_programme
from peersupport.ports import Standing, UnitOfWork


async def home_part(
    work: UnitOfWork,  # noqa: ARG001 - every part of Home is asked alike
    front: Front,
    who: Address,  # noqa: ARG001
    standing: Standing,
    language: str,
    now: datetime,  # noqa: ARG001
) -> list[Block]:
    """Return the door to the form for each programme in which this person may record requests."""
    t = front.texts.in_language(language)
    mine = [
        front.programmes[programme]
        for programme, (_, roles) in standing.members.items()
        if programme in front.programmes and may_in_programme(Duty.RECORD_BY_PHONE, roles)
    ]
    return [views.door(programme, t) for programme in mine if programme.doors.self_request]
