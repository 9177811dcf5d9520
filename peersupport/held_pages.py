"""What is held about a person of the column: notes they get, offers to write, and what they would come to."""

from __future__ import annotations

from peersupport.addresses import Address
from peersupport.column import KEPT
from peersupport.held import Codes, Line, Section, Topic, Words
from peersupport.ports import UnitOfWork


async def sections(work: UnitOfWork, who: Address) -> list[Section]:
    """Return it, one section a programme; nothing where nothing is held."""
    lines: dict[str, list[Line]] = {}
    for programme, what in await work.readers.of(who):
        lines.setdefault(programme, []).append(Line("reads", Codes("reads", (what,))))
    for each in await work.pitches.of(who):
        idea = await work.pitches.idea(each.id)
        here = lines.setdefault(each.programme, [])
        here.append(Line("pitched_at", each.made_at))
        if idea is not None:
            here += [Line("pitch_name", Words(idea.name))] if idea.name else []
            here += [Line("pitch_reach", Words(idea.reach)), Line("pitch_words", Words(idea.words))]
        here.append(Line("pitch_goes", each.made_at + KEPT))
    for programme, item in await work.interests.of(who):
        series = await work.series.get(item)
        title = (series.title_en, series.title_fr) if series else ("", "")
        lines.setdefault(programme, []).append(Line("would_come", Words(" / ".join(dict.fromkeys(title)))))
    return [Section(Topic.READING, programme, lines=tuple(found)) for programme, found in lines.items()]
