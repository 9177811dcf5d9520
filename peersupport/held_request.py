"""What is held about one request, as facts: what was told, where it stands, who reads it, who did, what goes when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from peersupport import holding, retention
from peersupport.audit import OPENINGS, Entry, Event
from peersupport.concerns import Concern
from peersupport.conversations import name_shown_from
from peersupport.held import (
    AfterClosing,
    Chosen,
    Codes,
    Line,
    List,
    Named,
    Opening,
    Section,
    Step,
    Topic,
    Words,
    given,
)
from peersupport.notifications import Kind
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme
from peersupport.requests import MATCHED, OPEN_STATES, Contact, Needs, SupportRequest

UNTOLD = frozenset({Event.REFUSED, *OPENINGS})
"""Lines about a request that are not steps of it: openings have a line of their own, a refusal is somebody else's."""


async def section(
    work: UnitOfWork, programme: Programme | None, request: SupportRequest, now: datetime, *, own: bool
) -> Section:
    """Return it; `own` is False where somebody else reads it out, and then who is kept out stays closed."""
    needs, contact = await work.requests.needs(request.id), await work.requests.contact(request.id)
    entry = await work.supporters.get(request.supporter) if request.supporter else None
    ledger = await work.audit.of(request.id)
    told = [post for post in await work.posts.of(request.id) if post.kind == Kind.TELL_REQUESTER]
    raised = await work.concerns.of_request(request.id)
    known = [concern for concern in raised if holding.is_told(concern, request, ledger)]
    lines = [
        *_state(request, entry[1].name if entry and request.state in MATCHED else ""),
        *[
            Line("put_off_until", each.until)
            for each in await work.put_off.of(request.programme)
            if each.request == request.id
        ],
        *await _notice(work, request),
        *(_needs(needs, own=own) if needs else ()),
        *(_contact(contact) if contact else ()),
        *_wishes_of(request),
        Line("asked_so_far", sum(each.sent_at is not None for each in await work.offers.of_request(request.id))),
        *([Line("messages", len(told))] if told else ()),
        *_kept(programme, request, named=needs is not None, reachable=contact is not None),
        *given(("held_until", await holding.held_back(work, request, now))),
        *(line for concern in known for line in _concern(concern, own=own)),
        Line("readers", Codes("reader", readers(programme, request, needs, now, concern=_opens(known, request, now)))),
        *_ledger(ledger),
    ]
    return Section(Topic.REQUEST, request.programme, request.reference, tuple(lines))


async def _notice(work: UnitOfWork, request: SupportRequest) -> list[Line]:
    """Return what a partner told: which organisation, when, and what it ticked; never which person there."""
    notice = await work.notices.of_request(request.id)
    if notice is None:
        return []
    told = await work.notices.told(notice.id)
    found = [Line("notice_from", Chosen(List.PARTNER, (notice.partner,))), Line("noticed_at", notice.noticed_at)]
    found += [Line("notice_times", notice.times)] if notice.times > 1 else []
    if told is not None:
        found += given(
            ("notice_place", Words(told.form.community) if told.form.community else None),
            ("notice_ticks", Chosen(List.CRITERION, told.form.criteria)),
        )
    return found


def _state(request: SupportRequest, supporter: str) -> Iterator[Line]:
    yield Line("state", Codes("state", (request.state.value,)))
    if request.outcome:
        yield Line("outcome", Codes("outcome", (request.outcome.value,)))
    yield Line("door", Codes("door", (request.door.value,)))
    yield from given(
        ("sent_at", request.created_at),
        ("due_at", request.due_at if request.state in OPEN_STATES else None),
        ("claimed_at", request.claimed_at),
        ("supporter", Words(supporter) if supporter else None),
        ("accepted_at", request.accepted_at),
        ("name_agreed_at", request.name_agreed_at),
        ("not_yet_at", request.not_yet_at),
        ("promised_at", request.promised_at),
        ("missed_at", request.missed_at),
        ("none_told_at", request.none_told_at),
        ("waits_at", request.waits_at),
        ("unreached_at", request.unreached_at),
        ("quiet_since", request.quiet_since),
        ("going_on_at", request.going_on_at),
        ("contacted_at", request.contacted_at),
        ("talks", request.talks or None),
        ("attempts", request.attempts or None),
        ("fourth_agreed", request.fourth_agreed or None),
        ("none_left", request.none_left or None),
        ("off_slack_at", request.off_slack_at),
        ("phoned_at", request.phoned_at),
        ("closed_at", request.closed_at),
    )
    yield Line("notice_version", Words(request.notice_version))


def _wishes_of(request: SupportRequest) -> Iterator[Line]:
    yield Line("urgent", request.urgent)
    yield Line("ask_first", request.ask_first)


def _needs(needs: Needs, *, own: bool) -> Iterator[Line]:
    yield Line("name", Words(needs.name))
    if needs.requester.on_slack:
        yield Line("account", Words(f"{needs.requester.team}, {needs.requester.user}"))
    yield Line("language", Codes("language", (needs.language,)))
    yield Line("role", Chosen(List.ROLE, (needs.role,)))
    yield Line("modalities", Chosen(List.MODALITY, needs.modalities))
    yield from given(
        ("reasons", Chosen(List.REASON, needs.reasons) if needs.reasons else None),
        ("times", Chosen(List.TIME, needs.times) if needs.times else None),
    )
    yield Line("zone", Words(needs.zone))
    for wish, option in sorted(needs.wishes.items()):
        yield Line("wish", Chosen(List.WISH, (option,), wish))
    yield from given(
        ("department", Chosen(List.DEPARTMENT, (needs.department,)) if needs.department else None),
        ("not_my_department", needs.not_my_department or None),
    )
    named = len(needs.avoid_members) + len(needs.avoid_names)
    if named and not own:
        yield Line("kept_out", named)
    elif named:
        yield from given(
            ("avoid_members", Named(needs.avoid_members) if needs.avoid_members else None),
            ("avoid_names", Words(", ".join(needs.avoid_names)) if needs.avoid_names else None),
        )
    yield Line("notify", needs.notify)


def _contact(contact: Contact) -> Iterator[Line]:
    yield Line("reach", Words(contact.reach))
    if contact.voicemail is not None:
        yield Line("voicemail", contact.voicemail)
    yield Line("private", contact.private)


def _concern(concern: Concern, *, own: bool) -> Iterator[Line]:
    """Say that a supporter raised a safety concern; to an administrator who reads it out, no more than that."""
    yield Line("concern_at", concern.raised_at)
    if own:
        yield Line("concern_told", Codes("told", (concern.told.value,)))
        yield Line("concern_plan", concern.joint_plan)
        yield Line("concern_route", Codes("route", (concern.route.value,)))
        yield from given(
            ("concern_taken", concern.taken_at),
            ("concern_closed", concern.closed_at),
            ("concern_ending", Codes("ending", (concern.ending.value,)) if concern.ending else None),
        )


def _kept(programme: Programme | None, request: SupportRequest, *, named: bool, reachable: bool) -> Iterator[Line]:
    """Say when the rest of it is erased, or when it was."""
    yield from given(
        ("erased_at", request.erased_at), ("erase_asked_at", request.erase_asked_at), ("keep_until", request.keep_until)
    )
    if programme is None or request.erased_at is not None:
        return
    kept = programme.retention
    for what, held, days, due in (
        ("contact_goes", reachable, kept.contact_days_after_close, retention.contact_due_at(kept, request)),
        ("name_goes", named, kept.identity_days_after_close, retention.due_at(kept, request)),
    ):
        if held:
            yield Line(what, due or AfterClosing(days))


def _opens(known: Iterable[Concern], request: SupportRequest, now: datetime) -> bool:
    """Say whether a concern that the person knows of lets a safety lead open their name now."""
    return any(each.is_open and (request.state in OPEN_STATES or each.hold_until > now) for each in known)


def readers(
    programme: Programme | None, request: SupportRequest, needs: Needs | None, now: datetime, *, concern: bool = False
) -> tuple[str, ...]:
    """Return who could read name and contact now, by role: codes of the app's own list.

    `concern` says that a safety concern is open which the person knows of.
    """
    lead = ("safety_lead",) if concern else ()
    if needs is None:
        return ("nobody",)
    if request.state not in OPEN_STATES:
        return ("yourself", *lead, "two_administrators")
    found = ["yourself", "administrators_but" if needs.avoid_members else "administrators"]
    if request.state in MATCHED:
        shown = name_shown_from(programme, request) if programme else None
        found.append("supporter_later" if shown is not None and shown > now else "supporter")
    return (*found, *lead)


def _ledger(entries: Iterable[Entry]) -> Iterator[Line]:
    for each in entries:
        if each.event in OPENINGS:
            again = each.event is Event.IDENTITY_REOPENED
            yield Line("opened", Opening(each.kind, each.at, each.reason, again))
    for each in entries:
        if each.event not in UNTOLD:
            yield Line("step", Step(each.event, each.at, each.reason))
