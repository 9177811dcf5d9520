"""What is held about a person because of meetings: a place on a list, terms they agreed to, themes of coming dates."""

from __future__ import annotations

from peersupport.addresses import Address
from peersupport.held import Line, Section, Topic, Words, given
from peersupport.ports import UnitOfWork


async def sections(work: UnitOfWork, who: Address) -> list[Section]:
    """Return it in sections, one a programme."""
    lines: dict[str, list[Line]] = {}
    for _, programme in await work.list_members.of(who):
        lines.setdefault(programme, []).append(Line("on_list", value=True))
    for accepted in await work.terms_accepted.of(who):
        lines.setdefault(accepted.programme, []).append(Line("terms_version", Words(accepted.version)))
    for theme in await work.themes.of(who):
        words = await work.themes.words(theme.id)
        if words is not None:
            found = given(("theme", Words(words.text)), ("theme_name", Words(words.name) if words.name else None))
            lines.setdefault(theme.programme, []).extend(found)
    return [Section(Topic.MEETINGS, programme, lines=tuple(held)) for programme, held in lines.items()]
