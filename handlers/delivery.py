"""The line in an administrator's Home while messages of the app do not go out."""

from __future__ import annotations

from datetime import datetime

from slackblocks import Block

from handlers.hear import Front
from handlers.views import kit
from peersupport.addresses import Address
from peersupport.ports import Standing, UnitOfWork


async def home_part(
    _work: UnitOfWork, front: Front, _who: Address, standing: Standing, language: str, _now: datetime
) -> list[Block]:
    """Return the line for those who look after a programme; nothing for others, and nothing while all is well."""
    if not standing.members or not front.ailing():
        return []
    return [kit.section(front.texts.in_language(language)("delivery.trouble"), "delivery")]
