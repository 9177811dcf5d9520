"""Everything that is held about one person in every programme, as facts that a view puts into plain words.

Nobody else's identity is in it, but for the supporter who said yes to this person's request, and for those whom the
person named themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peersupport import cover, held_informal, held_meetings, held_pages, held_referrals, held_sessions
from peersupport.addresses import Address
from peersupport.audit import ActorKind, Entry, Event
from peersupport.held import AfterEnding, Chosen, Codes, Line, List, Named, Section, Sent, Tally, Topic, Words, given
from peersupport.held_request import section
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.register import UNTIL_FURTHER_NOTICE
from peersupport.supporters import Profile, Supporter


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose data is asked for, where, and when."""

    programmes: Mapping[str, Programme]
    who: Address
    now: datetime


async def of_person(
    work: UnitOfWork, programmes: Mapping[str, Programme], who: Address, *, now: datetime
) -> tuple[Section, ...]:
    """Return everything that is held about this person, found by their own address alone."""
    asked = Asked(programmes, who, now)
    return tuple([section for part in PARTS for section in await part(work, asked)])


async def of_request(work: UnitOfWork, programme: Programme, request: UUID, *, now: datetime) -> tuple[Section, ...]:
    """Return what is held about one request, for an administrator who tells the person by phone.

    Whom they named as people to avoid stays closed here: only how many. None of it is checked here: who may ask is the
    caller's to find out and to write down.
    """
    found = await work.requests.get(request)
    if found is None or found.programme != programme.id:
        return ()
    return (await section(work, programme, found, now, own=False),)


async def written_down(work: UnitOfWork, event: Event, now: datetime) -> None:
    """Write down that somebody saw or deleted what is held about them; not who."""
    await work.audit.write(Entry(event, now, ActorKind.REQUESTER))


# One's own requests


async def requests(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return one's own requests, closed ones too while anything is left of them."""
    return [
        await section(work, asked.programmes.get(each.programme), each, asked.now, own=True)
        for each in await work.requests.of(asked.who, open_only=False)
    ] or [Section(Topic.REQUEST)]


# The register, offers, roles


async def supporter(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return one's own entries in the register, ended ones too, with what the ledger counts of one's deeds."""
    found = []
    for entry, profile in await work.supporters.of(asked.who):
        programme = asked.programmes.get(entry.programme)
        lines = [*_entry(entry), *_profile(profile)]
        if programme is not None:
            lines.append(Line("entry_goes", AfterEnding(programme.retention.former_supporter_days)))
        lines += [Line("with_me", Words(each.reference)) for each in await work.requests.of_supporter(entry.id)]
        lines += await _concerns(work, entry.id)
        lines += await _deeds(work, entry.id)
        found.append(Section(Topic.SUPPORTER, entry.programme, lines=tuple(lines)))
    return found or [Section(Topic.SUPPORTER)]


async def _concerns(work: UnitOfWork, supporter: UUID) -> list[Line]:
    """Return the safety concerns that one raised oneself."""
    found: list[Line] = []
    for each in await work.concerns.of_supporter(supporter):
        request = await work.requests.get(each.request_id)
        found += [
            Line("concern_raised", Words(request.reference if request else "")),
            Line("concern_at", each.raised_at),
            Line("concern_told", Codes("told", (each.told.value,))),
            Line("concern_plan", each.joint_plan),
            Line("concern_route", Codes("route", (each.route.value,))),
            *given(
                ("concern_taken", each.taken_at),
                ("concern_closed", each.closed_at),
                ("concern_ending", Codes("ending", (each.ending.value,)) if each.ending else None),
            ),
        ]
    return found


def _entry(entry: Supporter) -> Iterator[Line]:
    yield Line("active", Codes("active", ("yes" if entry.active else "no",)))
    yield from given(("trained_on", entry.trained_on), ("agreement_on", entry.agreement_on))
    yield Line("limit", entry.limit)
    yield Line("load", entry.load)
    if entry.paused_until is not None:
        for_good = entry.paused_until >= UNTIL_FURTHER_NOTICE
        yield Line("paused_until", Codes("paused", ("further_notice",)) if for_good else entry.paused_until)
    yield from given(("erase_asked_at", entry.erase_asked_at))


def _profile(profile: Profile) -> Iterator[Line]:
    yield Line("shown_name", Words(profile.name))
    yield Line("account", Words(f"{profile.address.team}, {profile.address.user}"))
    yield Line("languages", Codes("language", profile.languages))
    yield from given(
        ("modalities", Chosen(List.MODALITY, profile.modalities) if profile.modalities else None),
        ("times", Chosen(List.TIME, profile.times) if profile.times else None),
    )
    yield Line("zone", Words(profile.zone))
    if profile.department:
        yield Line("department", Chosen(List.DEPARTMENT, (profile.department,)))
    for wish, option in sorted(profile.traits.items()):
        yield Line("trait", Chosen(List.WISH, (option,), wish))
    if profile.avoid_members:
        yield Line("avoid_members", Named(profile.avoid_members))


async def offers(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return every offer that one was sent, newest first."""
    found = []
    for entry, _ in await work.supporters.of(asked.who):
        sent = await work.offers.of_supporter(entry.id)
        lines = tuple(
            Line("offer", Sent(reference, each.sent_at, each.state, each.decided_at))
            for each, reference in sent
            if each.sent_at is not None
        )
        if lines:
            found.append(Section(Topic.OFFERS, entry.programme, lines=lines))
    return found


async def roles(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return one's own roles, ended ones too, with what the ledger counts of one's deeds."""
    found = []
    for member, active in await work.members.of(asked.who):
        lines = [
            Line("roles", Codes("role", tuple(sorted(member.roles)))),
            Line("active", Codes("active", ("yes" if active else "no",))),
            Line("account", Words(f"{member.address.team}, {member.address.user}")),
            *([Line("phone", Words(member.phone))] if member.phone else ()),
            *await _deeds(work, member.id),
        ]
        found.append(Section(Topic.ROLES, member.programme, lines=tuple(lines)))
    return found or [Section(Topic.ROLES)]


async def _deeds(work: UnitOfWork, actor: UUID) -> list[Line]:
    return [Line("deeds", Tally(each.event, each.count, each.first, each.last)) for each in await work.audit.by(actor)]


# Referrals


async def referred(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return referrals of oneself and by oneself, and what one refused for good."""
    return await held_referrals.sections(work, asked.who)


# Meetings


async def meetings(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return one's place on a list, the terms one agreed to and one's own themes."""
    return await held_meetings.sections(work, asked.who)


# Sessions


async def presenting(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return one's own offers to present, with everything that was written in them."""
    found = []
    for each in await work.proposals.of(asked.who):
        presenter = await work.proposals.presenter(each.id)
        if presenter is None:
            continue
        lines = [
            Line("offered_at", each.made_at),
            Line("shown_name", Words(presenter.name)),
            Line("offered_topic", Words(presenter.topic)),
            *([Line("can_when", Words(presenter.when))] if presenter.when else ()),
            Line("account", Words(f"{presenter.address.team}, {presenter.address.user}")),
        ]
        found.append(Section(Topic.PRESENTING, each.programme, lines=tuple(lines)))
    return found


# The app itself


async def chosen(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return what one chose for the app itself."""
    language = await work.preferences.language(asked.who)
    discreet, hidden = await work.preferences.cover(asked.who)
    lines = (
        Line("spoken", Codes("language", (language or "as_in_slack",))),
        Line("discreet", discreet),
        Line("hidden", hidden),
    )
    return [Section(Topic.CHOSEN, lines=(*lines, *await _monthly_note(work, asked)))]


async def _monthly_note(work: UnitOfWork, asked: Asked) -> list[Line]:
    """Return whether one gets the monthly note, where there is one, or something is kept about it."""
    if not cover.switched_on(asked.programmes) and await work.cover_choices.wanted(asked.who) is None:
        return []
    return [Line("monthly_note", await cover.is_on(work, asked.programmes, asked.who))]


async def read(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return which monthly notes one gets, what one offered to write, and what one would come to."""
    return await held_pages.sections(work, asked.who)


async def among_colleagues(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return one's own listing, what one asked or is asked, and reminders."""
    return await held_informal.sections(work, asked.who)


async def registered(work: UnitOfWork, asked: Asked) -> list[Section]:
    """Return what one registered for."""
    return await held_sessions.sections(work, asked.who)


async def counted(_work: UnitOfWork, _asked: Asked) -> list[Section]:
    """Return the section about totals, in which nothing is held about anybody."""
    return [Section(Topic.COUNTED)]


PARTS: tuple[Callable[[UnitOfWork, Asked], Awaitable[list[Section]]], ...] = (
    requests,
    supporter,
    offers,
    roles,
    referred,
    registered,
    among_colleagues,
    meetings,
    presenting,
    chosen,
    read,
    counted,
)
"""What is held about a person, in the order in which it is shown."""
