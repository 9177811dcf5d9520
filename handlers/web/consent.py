"""The consent page: a link and a code that an administrator passed on, a question, and the person's own answer."""

from __future__ import annotations

from handlers.web.request import Page, Route, WebFront, WebRequest
from handlers.web.shell import button, form, hidden, offices, paragraphs, text_field, trouble, whole

CODE, STEP = "code", "step"
LONGEST_CODE = 16


async def answer(front: WebFront, request: WebRequest) -> Page:
    """Answer whatever is asked of a link."""
    if request.method == "GET":
        return _door(front, request)
    async with front.work():
        return _door(front, request, failed=True)


def _door(front: WebFront, request: WebRequest, *, failed: bool = False) -> Page:
    """Ask for the code: the same page for every address, whether there is such a link or was one or never."""
    t = request.t(front)
    field = text_field(CODE, t("web.code"), hint=t("web.code_hint"), longest=LONGEST_CODE, numeric=True)
    return whole(
        front,
        request,
        t("web.title"),
        trouble(t("web.code_wrong")) if failed else None,
        paragraphs(t("web.door")),
        form(request, hidden(STEP, "open"), field, button(t("web.open"), first=True)),
        paragraphs(t("web.code_lost")),
        offices(front, t),
        status=403 if failed else 200,
    )


ROUTE = Route(answer)
