"""The register in modals: an administrator's list and form, and each supporter's own profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slackblocks import Block

from handlers import ids
from handlers.i18n import LANGUAGES, Translator
from handlers.views import kit
from peersupport.addresses import Address
from peersupport.programme import Programme
from peersupport.register import UNTIL_FURTHER_NOTICE, Listing, Standing
from peersupport.supporters import Profile, Supporter, can_be_offered

PAGE = 20
ZONES = (
    "America/Vancouver",
    "America/Edmonton",
    "America/Regina",
    "America/Winnipeg",
    "America/Toronto",
    "America/Halifax",
    "America/St_Johns",
)
MEMBER, NAME, LANGUAGES_SPOKEN, MODALITIES, TIMES = "member", "name", "languages", "modalities", "times"
ZONE, DEPARTMENT, LIMIT, TRAINED, AGREED, STATUS, AVOID, PAUSED = (
    "zone",
    "department",
    "limit",
    "trained_on",
    "agreement_on",
    "status",
    "avoid",
    "paused_until",
)
TRAIT = "trait."
"""Start of the block id of a wish that supporters describe themselves by."""
NAME_LONGEST = 75


def register(
    listings: Sequence[tuple[Listing, str]],
    everybody: Sequence[Listing],
    page: int,
    programme: Programme,
    t: Translator,
    now: datetime,
) -> kit.View:
    """Return one page of the register, each entry with a handle behind its button, below how all of them stand."""
    total = len(everybody)
    add = kit.button(t("supporters.add"), ids.ADD_SUPPORTER, programme.id, style="primary")
    blocks = [
        kit.context(programme.text(programme.name, t.language), "programme"),
        kit.section(t.count("supporters.intro", total), "intro"),
        kit.actions([add], "add"),
    ]
    if everybody:
        blocks.insert(2, kit.section(t(f"supporters.balance.{_balance(everybody, programme, now)}"), "balance"))
    for place, (listing, handle) in enumerate(listings):
        name = listing.profile.name
        says = t("supporters.edit_says", name=name)[:75]
        button = kit.button(t("supporters.edit"), ids.EDIT_SUPPORTER, handle, says=says)
        blocks.append(kit.section(f"{name}\n{_stands(listing, t, now)}", f"supporter.{place}", button))
    turns = []
    if page > 0:
        turns.append(kit.button(t("supporters.previous"), ids.SUPPORTERS_PAGE, str(page - 1)))
    if (page + 1) * PAGE < total:
        turns.append(kit.button(t("supporters.next"), ids.SUPPORTERS_NEXT, str(page + 1)))
    if turns:
        blocks.append(kit.actions(turns, "turns"))
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(
        t("supporters.title"), blocks, callback_id=ids.VIEW_SUPPORTERS, close=t("pages.close"), metadata=metadata
    )


def _balance(everybody: Sequence[Listing], programme: Programme, now: datetime) -> str:
    """Say how much room there is among those who could be asked, in one of four words."""
    able = [each.supporter for each in everybody if _can_be_asked(each.supporter, programme, now)]
    free = [each for each in able if each.load < each.limit]
    if not free:
        return "nobody" if not able else "full"
    return "tight" if len(free) * 2 < len(able) or len(free) == 1 else "room"


def _can_be_asked(supporter: Supporter, programme: Programme, now: datetime) -> bool:
    """Say whether somebody could be asked, had they room."""
    needs, one_less = programme.match.requires, replace(supporter, load=supporter.limit - 1)
    return can_be_offered(one_less, now, trained="trained" in needs, agreement="agreement_signed" in needs)


def _load(supporter: Supporter) -> str:
    """Say how much somebody has taken on: how many people that are is not for a list."""
    if supporter.load == 0:
        return "free"
    if supporter.load < supporter.limit:
        return "some"
    return "full" if supporter.load == supporter.limit else "over"


def _stands(listing: Listing, t: Translator, now: datetime) -> str:
    supporter = listing.supporter
    if not supporter.active:
        return t("supporters.ended")
    words = [t(f"supporters.load.{_load(supporter)}")]
    if supporter.trained_on is None:
        words.append(t("supporters.untrained"))
    if supporter.agreement_on is None:
        words.append(t("supporters.unsigned"))
    if supporter.paused_until is not None and supporter.paused_until > now:
        words.append(t("supporters.paused"))
    return ", ".join(words)


def entry_form(programme: Programme, t: Translator, listing: Listing | None, handle: str | None) -> kit.View:
    """Return the administrator's form for a new or an existing entry."""
    blocks: list[Block] = [kit.context(t("supporters.form_note"), "note")]
    if listing is None:
        blocks.append(kit.field(t("supporters.member"), kit.member(MEMBER), MEMBER))
    blocks += _profile_fields(programme, t, listing.profile if listing else None)
    supporter = listing.supporter if listing else None
    blocks += [
        kit.field(
            t("supporters.trained"),
            kit.date_field(TRAINED, _day(supporter.trained_on if supporter else None)),
            TRAINED,
            optional=True,
        ),
        kit.field(
            t("supporters.agreed"),
            kit.date_field(AGREED, _day(supporter.agreement_on if supporter else None)),
            AGREED,
            optional=True,
        ),
        _limit_field(programme, t, supporter.limit if supporter else None),
    ]
    if supporter is not None:
        choices = [("active", t("supporters.status.active")), ("ended", t("supporters.status.ended"))]
        chosen = "active" if supporter.active else "ended"
        blocks.append(kit.field(t("supporters.status"), kit.radios(STATUS, choices, chosen), STATUS))
    more = {"v": str(supporter.version)} if supporter else {}
    return kit.modal(
        t("supporters.form_title" if supporter else "supporters.add_title"),
        blocks,
        callback_id=ids.VIEW_SUPPORTER,
        close=t("pages.back"),
        submit=t("supporters.save"),
        metadata=kit.meta(t.language, programme.id, handle, **more),
    )


def own_form(programme: Programme, t: Translator, listing: Listing) -> kit.View:
    """Return the supporter's own profile."""
    profile = listing.profile
    blocks: list[Block] = [kit.section(t("supporters.own_words"), "words")]
    blocks += _profile_fields(programme, t, profile)
    avoid = kit.members(AVOID, [each.user for each in profile.avoid_members])
    blocks += [
        _limit_field(programme, t, listing.supporter.limit),
        kit.field(
            t("supporters.pause_until"),
            kit.date_field(PAUSED, _last_day(listing)),
            PAUSED,
            hint=t("supporters.pause_hint"),
            optional=True,
        ),
        kit.field(t("supporters.avoid"), avoid, AVOID, hint=t("supporters.avoid_hint"), optional=True),
    ]
    return kit.modal(
        t("offer.profile"),
        blocks,
        callback_id=ids.VIEW_PROFILE,
        close=t("pages.close"),
        submit=t("supporters.save"),
        metadata=kit.meta(t.language, programme.id, v=str(listing.supporter.version)),
    )


def _profile_fields(programme: Programme, t: Translator, profile: Profile | None) -> list[Block]:
    form, language = programme.form, t.language
    speaks = [(code, t(f"identity.language.{code}")) for code in LANGUAGES]
    zones = [(zone, zone.split("/")[-1].replace("_", " ")) for zone in dict.fromkeys((programme.clock.tz, *ZONES))]
    spoken = profile.languages if profile else (programme.languages.default,)
    name = kit.text_field(NAME, value=profile.name if profile else None, longest=NAME_LONGEST)
    fields = [
        kit.field(t("supporters.name"), name, NAME, hint=t("supporters.name_hint")),
        kit.field(t("supporters.languages"), kit.checkboxes(LANGUAGES_SPOKEN, speaks, spoken), LANGUAGES_SPOKEN),
        kit.field(
            t("supporters.modalities"),
            kit.checkboxes(MODALITIES, _choices(form.modalities, language), profile.modalities if profile else ()),
            MODALITIES,
        ),
    ]
    if form.times:
        times = kit.checkboxes(TIMES, _choices(form.times, language), profile.times if profile else ())
        fields.append(kit.field(t("supporters.times"), times, TIMES, optional=True))
    zone = profile.zone if profile and any(profile.zone == key for key, _ in zones) else programme.clock.tz
    fields.append(kit.field(t("supporters.zone"), kit.select(ZONE, zones, zone), ZONE))
    if form.avoid.departments:
        chosen = profile.department if profile else None
        pick = kit.select(DEPARTMENT, _choices(form.avoid.departments, language), chosen, t("supporters.pick"))
        label = t("supporters.community" if form.avoid.communities else "supporters.department")
        fields.append(kit.field(label, pick, DEPARTMENT, optional=True))
    for wish in form.wishes:
        chosen = profile.traits.get(wish.id) if profile else None
        block_id = f"{TRAIT}{wish.id}"
        pick = kit.select(block_id, _choices(wish.options, language), chosen, t("supporters.pick"))
        fields.append(kit.field(wish.label.get(language), pick, block_id, optional=True))
    return fields


def _choices(items: Sequence[Any], language: str) -> list[tuple[str, str]]:
    return [(item.id, item.label.get(language)) for item in items]


def _limit_field(programme: Programme, t: Translator, limit: int | None) -> Block:
    most = min(programme.match.max_open, 10)
    choices = [(str(n), str(n)) for n in range(1, most + 1)]
    chosen = str(min(limit or most, most))
    return kit.field(t("supporters.limit"), kit.select(LIMIT, choices, chosen), LIMIT)


def _last_day(listing: Listing) -> str | None:
    """Return the last day of a pause that has one; a pause without an end is kept by the button in Home."""
    until = listing.supporter.paused_until
    if until is None or until >= UNTIL_FURTHER_NOTICE:
        return None
    return (until.astimezone(ZoneInfo(listing.profile.zone)) - timedelta(days=1)).date().isoformat()


def end_of(day: date, zone: str) -> datetime:
    """Return the instant at which a day is over where the supporter lives, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def read_profile(programme: Programme, values: kit.Values, address: Address, before: Profile | None) -> Profile:
    """Read a profile from a form; choices that the programme does not know are dropped."""
    form = programme.form
    profile = before or Profile(address=address, name="")
    return replace(
        profile,
        name=" ".join(str(values.get(NAME) or "").split())[:NAME_LONGEST],
        languages=tuple(code for code in LANGUAGES if code in (values.get(LANGUAGES_SPOKEN) or [])),
        modalities=_known(form.modalities, values.get(MODALITIES)),
        times=_known(form.times, values.get(TIMES)),
        zone=values[ZONE] if values.get(ZONE) in (programme.clock.tz, *ZONES) else programme.clock.tz,
        department=next(iter(_known(form.avoid.departments, [values.get(DEPARTMENT)])), ""),
        traits={
            wish.id: chosen
            for wish in form.wishes
            for chosen in _known(wish.options, [values.get(f"{TRAIT}{wish.id}")])
        },
    )


def _known(items: Sequence[Any], chosen: object) -> tuple[str, ...]:
    wanted = chosen if isinstance(chosen, list) else []
    return tuple(item.id for item in items if item.id in wanted)


def read_standing(programme: Programme, values: kit.Values) -> Standing:
    """Read the part of an entry that only administrators keep."""
    return Standing(
        trained_on=read_day(values.get(TRAINED)),
        agreement_on=read_day(values.get(AGREED)),
        limit=read_limit(programme, values),
        active=values.get(STATUS, "active") != "ended",
    )


def read_limit(programme: Programme, values: kit.Values) -> int:
    """Read how many at a time, within what the programme allows."""
    chosen = values.get(LIMIT)
    most = min(programme.match.max_open, 10)
    return int(chosen) if isinstance(chosen, str) and chosen in {str(n) for n in range(1, most + 1)} else most


def read_day(value: object) -> date | None:
    """Read what a date picker holds; None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
