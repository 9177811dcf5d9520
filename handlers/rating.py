"""After the talks: one tap of which only totals are kept."""

from __future__ import annotations

from handlers import errors, home, ids, tokens
from handlers.hear import Answer, Hear, Kind, Listener
from handlers.views import feedback as views
from handlers.views import offers
from peersupport import feedback
from peersupport.feedback import Rating
from peersupport.outcomes import Refused

RATINGS = {ids.RATE_HELPED: Rating.HELPED, ids.RATE_A_LITTLE: Rating.A_LITTLE, ids.RATE_NOT_REALLY: Rating.NOT_REALLY}


async def rate(hear: Hear) -> Answer:
    """Add one to a total; which request it came from is kept nowhere."""
    found = tokens.from_message(hear)
    if found is None:
        return await errors.refused(hear)
    async with hear.front.work() as work:
        request = await work.requests.get(found[1])
        programme = hear.front.programmes.get(request.programme) if request else None
        outcome = (
            await feedback.rate(work, programme, hear.who, found[1], RATINGS[hear.id], now=hear.now)
            if programme
            else Refused()
        )
    if programme is None or isinstance(outcome, Refused):
        return await errors.refused(hear)
    words = "feedback.thanks" if isinstance(outcome, feedback.Thanked) else "feedback.before"
    if hear.in_modal:
        # The supporter's last page: the word that nothing noted is left can still be given.
        await hear.update(offers.left(programme, hear.t, hear.meta.get("h", ""), hear.t(words)))
    else:
        await hear.open(views.thanks(hear.t, hear.t(words)))
        # In their own Home, at once; nothing is put down for it, so that nothing tells of the tap.
        home.publish_soon(hear, why=home.As.PRESSED if hear.view is not None else home.As.CHANGED)
    return None


LISTENERS: dict[tuple[Kind, str], Listener] = {(Kind.ACTION, action): rate for action in RATINGS}
