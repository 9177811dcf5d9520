"""The doctor: looks at everything a live workspace needs and says in plain sentences what is well and what is not."""

from __future__ import annotations

import asyncio
import zoneinfo
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError

from bot import holidays, identity
from bot.installation import Files, load_files, master_key, open_places
from bot.machine import SystemClock
from bot.manifest import load_manifest, scopes
from bot.people import UNREACHABLE, differing, is_full_member
from bot.refusals import StartRefused
from bot.settings import Mode, Settings
from bot.slack import make_client, make_session
from bot.web_client import Client
from bot.zones import use_packaged_zones
from handlers.i18n import LANGUAGES, Texts
from handlers.slack_codes import NO_MESSAGES_TAB, alarm_in
from peersupport.ports import StoreUnavailable
from peersupport.programme import Programme
from store.errors import StoreError
from store.rotation import Rotation
from store.store import Store

_WINTER = datetime(2026, 12, 7, 12, tzinfo=UTC)
_CHANNEL_WORDS = {
    "channel_not_found": "cannot be seen by the app; check the channel's id and invite the app to it",
    # The app may look at private channels only, and the channel is there.
    "missing_scope": "is not private; make it so, or make another one",
    "not_in_channel": "does not have the app as a member; invite it",
}


class Verdict(StrEnum):
    """How a finding is to be taken."""

    WELL = "ok"
    NOTE = "note"
    MEND = "MEND"


@dataclass(frozen=True, slots=True)
class Finding:
    """One plain sentence, and whether something must be mended."""

    verdict: Verdict
    sentence: str


def well(sentence: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Verdict.WELL, sentence)


def mend(sentence: str) -> Finding:
    """Say that something must be mended, and how."""
    return Finding(Verdict.MEND, sentence if sentence.endswith((".", "?")) else sentence + ".")


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, in the order in which a fault hides the next."""
    yield zones()
    try:
        files = load_files(settings)
    except StartRefused as refusal:
        for sentence in refusal.sentences:
            yield mend(sentence)
        return
    today = SystemClock().now().date()
    for programme in files.programmes.values():
        yield _programme(programme, files)
        for finding in holidays_ahead(programme, today):
            yield finding
    yield catalogues(Texts.load())
    async for finding in _store(settings, files):
        yield finding
    async with make_session() as session:
        client = make_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        async for finding in _slack(settings, client, files):
            yield finding


def zones() -> Finding:
    """Look at the zone data by a known instant of British Columbia, and at the operating system's own copy."""
    try:
        version = use_packaged_zones()
    except StartRefused as refusal:
        return mend(" ".join(refusal.sentences))
    sentence = f"Zone data is {version}: Vancouver is at UTC-07:00 in December 2026."
    if _system_disagrees():
        sentence += " The operating system's own copy says otherwise and is not used."
    return well(sentence)


def _system_disagrees() -> bool:
    zoneinfo.reset_tzpath()
    try:
        system = ZoneInfo.no_cache("America/Vancouver") if zoneinfo.TZPATH else None
    except zoneinfo.ZoneInfoNotFoundError:
        system = None
    finally:
        zoneinfo.reset_tzpath(to=())
    return system is not None and _WINTER.astimezone(system).utcoffset() != timedelta(hours=-7)


def _programme(programme: Programme, files: Files) -> Finding:
    lines, admins = len(programme.help_lines(files.resources)), len(programme.people.admins)
    french = "English and French complete" if "fr" in programme.languages.all else "in English only"
    return well(
        f"Programme {programme.id}: {lines} help lines on every first screen, {admins} administrators, {french}."
    )


def holidays_ahead(programme: Programme, today: date) -> Iterator[Finding]:
    """Ask about each date of sessions kept elsewhere that falls on a public holiday: keep, move or skip it?"""
    outside = [session for session in programme.sessions if session.kind == holidays.OUTSIDE]
    for sentence in holidays.of_file(programme, outside, today):
        yield Finding(Verdict.NOTE, sentence)


def catalogues(texts: Texts) -> Finding:
    """Look at whether every text of the app is there in every language."""
    keys = {language: set(texts.in_language(language).catalogue) for language in LANGUAGES}
    every = set().union(*keys.values())
    missing = [f"{language} lacks {len(every - found)}" for language, found in keys.items() if every - found]
    if missing:
        return mend(f"The app's own texts are incomplete: {', '.join(missing)}. Install the app again.")
    return well(f"The app's own {len(every)} texts are complete in English and French.")


async def _store(settings: Settings, files: Files) -> AsyncIterator[Finding]:
    try:
        async with _opened(settings) as store:
            yield well("Database and keyring are in reach, belong together and have the right tables.")
            yield await _ledger(store)
            yield await _outbox(store)
            for finding in await _holidays(store, files):
                yield finding
        if (found := key_file(settings)) is not None:
            yield found
        if (found := await _rotation(settings)) is not None:
            yield found
    except (StoreError, StoreUnavailable, StartRefused) as error:
        yield mend(str(error))


async def _holidays(store: Store, files: Files) -> list[Finding]:
    """Ask about the dates that are kept in the app and fall on a public holiday."""
    today, found = SystemClock().now().date(), []
    async with store.work() as work:
        for programme in files.programmes.values():
            found += await holidays.of_store(work, programme, today)
    return [Finding(Verdict.NOTE, sentence) for sentence in found]


def key_file(settings: Settings) -> Finding | None:
    """Say whether others of this machine may read the file of the master key."""
    try:
        if settings.master_key_file is None or not settings.master_key_file.stat().st_mode & 0o077:
            return None
    except OSError:
        return None
    return mend("Others on this machine may read the file of the master key; take that right away: chmod 600 FILE")


async def _rotation(settings: Settings) -> Finding | None:
    """Say how far the keys have gone over, while a previous master key is set."""
    masters = master_key(settings)
    if masters.previous is None:
        return None
    rotation = Rotation(settings.keyring_url.get_secret_value(), masters)
    try:
        standing = await rotation.standing()
    finally:
        rotation.close()
    if standing.begun and not standing.left:
        return Finding(Verdict.NOTE, "The previous master key is not needed any more; take it out of the settings.")
    return Finding(Verdict.NOTE, 'Keys are under the previous master key; "peersupport rotate-keys" puts them over.')


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    master = master_key(settings)
    await master.id()
    store: Store = open_places(settings, master, SystemClock()).store
    try:
        await store.ready()
        yield store
    finally:
        await store.close()


async def _ledger(store: Store) -> Finding:
    """Walk the ledger of deeds to its end."""
    broken = await store.verify_audit()
    if broken is None:
        return well("The ledger of deeds is whole.")
    if broken.is_noted:
        return mend(broken.sentence)
    return mend(
        f"The ledger of deeds is broken at line {broken.seq}: {broken.why}. Somebody changed the database by hand; "
        "keep it as it is and compare it with a backup"
    )


async def _outbox(store: Store) -> Finding:
    """Count what was given up, by kind, and look for what Slack does not let through."""
    if await store.queue.waits_with(NO_MESSAGES_TAB):
        return mend(
            "Direct messages wait because the app's Messages tab is off; switch it on under App Home, or paste "
            "manifest.yml into the app again"
        )
    kinds = await store.queue.parked_kinds()
    if kinds:
        return mend(
            f"Given up: {sum(kinds.values())} message(s) or timer(s) of {len(kinds)} kind(s); look at them "
            'with "peersupport outbox list", and run "peersupport outbox retry" once what was wrong is mended'
        )
    refused = sorted({code for each in await store.queue.waiting_codes() if (code := alarm_in(each))})
    if refused:
        return mend(f"Slack refuses what waits, and no waiting mends it ({', '.join(refused)}); look for slack.alarm")
    return well("No message and no timer was given up.")


async def _same_people(settings: Settings, files: Files, team: str) -> Finding:
    """Compare the people of the database with those of the files."""
    try:
        async with _opened(settings) as store:
            found = await differing(files, team, store.work)
    except (StoreError, StoreUnavailable, StartRefused):
        return mend("The people of the database could not be compared with those of the files.")
    if not found:
        return well("The people of the database are those of the files.")
    commands = " and ".join(f'"peersupport set-people --programme {programme}"' for programme in found)
    return mend(f"The people of the database differ from those of the files; run {commands} to follow the files")


async def _slack(settings: Settings, client: Client, files: Files) -> AsyncIterator[Finding]:
    try:
        known = await identity.ask(client, settings)
        answer = await client.auth_test()
    except StartRefused as refusal:
        yield mend(refusal.sentences[0])
        return
    except SlackApiError as error:
        yield mend(f"Slack refused the bot token ({_code(error)}).")
        return
    except UNREACHABLE:
        yield mend("Slack cannot be reached; check the network, the proxy and SLACK_API_URL.")
        return
    yield well(f"Slack knows the bot token; the workspace is {known.team}.")
    yield _scopes(identity.granted(answer.headers))
    yield await _connection(settings, client)
    for programme in files.programmes.values():
        yield await _channel(client, programme)
        yield await _people(client, programme)
    yield await _same_people(settings, files, known.team)


def _scopes(granted: frozenset[str] | None) -> Finding:
    wanted = scopes(load_manifest())
    if granted is None:
        return Finding(Verdict.NOTE, "Slack did not say which scopes the token has; they were not compared.")
    missing, more = sorted(wanted - granted), sorted(granted - wanted)
    if missing:
        return mend(
            f"The token lacks the scopes {', '.join(missing)}; paste manifest.yml into the app again and reinstall it."
        )
    if more:
        return Finding(
            Verdict.NOTE,
            f"The token has scopes that the app does not need: {', '.join(more)}; take them out of the app's manifest.",
        )
    return well(f"The scopes are those of the manifest: {', '.join(sorted(wanted))}.")


async def _connection(settings: Settings, client: Client) -> Finding:
    if settings.slack_mode is Mode.SOCKET:
        assert settings.slack_app_token is not None
        try:
            await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
        except SlackApiError as error:
            return mend(
                f"Socket Mode cannot connect ({_code(error)}); SLACK_APP_TOKEN needs the scope connections:write, "
                "and Socket Mode must be on."
            )
        except UNREACHABLE:
            return mend("Socket Mode cannot connect; Slack cannot be reached.")
        return well("Socket Mode can connect.")
    if not settings.public_url:
        return Finding(Verdict.NOTE, "PUBLIC_URL is not set, so the way from Slack to this app was not tried.")
    return await _public(settings, client)


async def _public(settings: Settings, client: Client) -> Finding:
    assert client.session is not None
    url = f"{settings.public_url}/healthz"
    try:
        async with client.session.get(url, allow_redirects=False) as answer:
            if answer.status == 200:
                return well("The app answers at PUBLIC_URL.")
            return mend(
                f"PUBLIC_URL answers with status {answer.status} instead of the app; check the proxy before it."
            )
    except UNREACHABLE:
        return mend(
            "PUBLIC_URL does not answer; start the app, and check its name, certificate and the proxy before it."
        )


async def _channel(client: Client, programme: Programme) -> Finding:
    about = f"Programme {programme.id}: the administrators' channel"
    try:
        answer = await client.conversations_info(channel=programme.people.admin_channel)
    except SlackApiError as error:
        return mend(f"{about} {_CHANNEL_WORDS.get(_code(error), f'cannot be looked at ({_code(error)})')}.")
    except UNREACHABLE:
        return mend(f"{about} cannot be looked at; Slack cannot be reached.")
    faults = _channel_faults(answer.get("channel") or {})
    return (
        mend(f"{about} {' and '.join(faults)}; cards stay back until that is mended.")
        if faults
        else well(f"{about} is private, ours alone and has the app as a member.")
    )


def _channel_faults(channel: dict[str, Any]) -> list[str]:
    faults = []
    if channel.get("is_private") is not True:
        faults.append("is not private")
    if any(channel.get(flag) for flag in ("is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared")):
        faults.append("is shared outside the workspace")
    if channel.get("is_archived"):
        faults.append("is archived")
    if channel.get("is_member") is False:
        faults.append("does not have the app as a member")
    return faults


async def _people(client: Client, programme: Programme) -> Finding:
    """Look at whether everybody with a role is a full member; they are counted, not named."""
    people = programme.people
    users = dict.fromkeys((*people.admins, *people.backup_admins, *(lead.id for lead in people.safety_leads)))
    try:
        found = await asyncio.gather(*(is_full_member(client, user) for user in users))
    except StartRefused as refusal:
        return mend(refusal.sentences[0])
    missing = found.count(False)
    about = f"Programme {programme.id}:"
    if missing:
        return mend(f"{about} {missing} of {len(found)} people with a role are not full members of this workspace.")
    return well(f"{about} all {len(found)} people with a role are full members of this workspace.")


def _code(error: SlackApiError) -> str:
    code = error.response.get("error")
    return code if isinstance(code, str) and code.isidentifier() else "unknown"
