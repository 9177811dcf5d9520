"""What a programme makes public in channels, and the administrators' desk where it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from slackblocks import Block

from handlers import ids
from handlers.i18n import Texts, Translator
from handlers.views import kit
from peersupport import schedule
from peersupport.announcements import DATE, FRONT_DOOR, LIVE, MOST_CHANNELS, Item
from peersupport.ports_pages import Announcement
from peersupport.programme import Programme

LONGEST_CHOICE = 75
MOST_SHOWN = 10


# The public message


def message(texts: Texts, programme: Programme, item: Item) -> tuple[str, list[dict[str, Any]]]:
    """Return the text and blocks of an announcement: one paragraph a language, and a button that answers privately."""
    languages = _languages(programme)
    t = texts.in_language(languages[0])
    heading = title(programme, item, t)
    blocks: list[Block] = [kit.header(heading, "title")]
    blocks += [
        kit.section(words(programme, item, texts.in_language(each), heading), f"words.{each}") for each in languages
    ]
    if not item.is_off:
        blocks.append(kit.actions([_button(item, t)], "open"))
    return t(f"cards.announced.{item.about}"), kit.message(blocks)


def words_of(texts: Texts, programme: Programme, item: Item) -> frozenset[str]:
    """Return every string of that message that is not from the catalogue: public words of the programme."""
    shown = [texts.in_language(each) for each in _languages(programme)]
    heading = title(programme, item, shown[0])
    return frozenset({heading, *(words(programme, item, t, heading) for t in shown)})


def _languages(programme: Programme) -> list[str]:
    return list(dict.fromkeys((programme.languages.default, *programme.languages.also)))


def _button(item: Item, t: Translator) -> Any:
    if item.series is None or item.meeting is None:
        return kit.button(t("cards.announced.open"), ids.OPEN_PRIVATELY, style="primary")
    value = f"{item.series.id}/{item.meeting.id}"
    return kit.button(t("cards.announced.join"), ids.JOIN_SESSION, value, style="primary")


def title(programme: Programme, item: Item, t: Translator) -> str:
    """Return the heading: the session's title, or the programme's name."""
    if item.series is None:
        return programme.text(programme.name, t.language)
    return item.series.title_fr if t.language == "fr" else item.series.title_en


def words(programme: Programme, item: Item, t: Translator, heading: str) -> str:
    """Return the paragraph in one language: what it is and when; no count, and nobody but a presenter who agreed.

    The title stands in it only where the heading above has another one, of another language.
    """
    if item.series is None or item.meeting is None:
        summary, serves = programme.summary, programme.eligibility.serves
        parts = [programme.text(summary, t.language), programme.text(serves, t.language), t("announcements.private")]
        return "\n".join(parts)
    at = schedule.instant(item.series, item.meeting)
    when = t.when(at, item.series.zone, programme.clock.label.get(t.language))
    topic = (item.kept.topic_fr if t.language == "fr" else item.kept.topic_en) if item.kept else ""
    own = [title(programme, item, t)] if title(programme, item, t) != heading else []
    if item.is_off:
        return "\n".join((*own, t("announcements.off", when=when)))
    lines = [*own, topic, when]
    lines += [t("announcements.presenter", name=item.presenter)] if item.presenter else []
    return "\n".join(line for line in (*lines, t("announcements.private_place")) if line)


def taken_down(t: Translator) -> tuple[str, list[dict[str, Any]]]:
    """Return what is left of an announcement that was taken down."""
    text = t("cards.announced.taken_down")
    return text, kit.message([kit.section(text, "closed")])


# The desk


def home_part(programmes: Sequence[Programme], t: Translator) -> list[Block]:
    """Return what an administrator's Home has for each programme: the way to the desk."""
    return [
        kit.actions(
            [kit.button(_named(t("announcements.desk"), each, t, programmes), ids.PAGES, each.id)], f"pages.{each.id}"
        )
        for each in programmes
    ]


def offered(programmes: Sequence[Programme], t: Translator) -> list[Block]:
    """Return what an editor's Home has for each programme: the way to what people offer to write."""
    taking = [each for each in programmes if each.column is not None and each.column.pitches]
    return [
        kit.actions([kit.button(t("announcements.pitches"), ids.PITCHES, each.id)], f"offered.{each.id}")
        for each in taking
    ]


def _named(words: str, programme: Programme, t: Translator, programmes: Sequence[Programme]) -> str:
    several = len(programmes) > 1
    return f"{words}, {programme.text(programme.name, t.language)}"[:75] if several else words


def desk(
    programme: Programme,
    t: Translator,
    standing: Sequence[Announcement],
    coming: Sequence[Item],
    interest: Mapping[str, int | None],
) -> kit.View:
    """Return the desk: what stands where, what can be announced, and the other pages; `interest` is by title."""
    door = [each for each in standing if each.about == FRONT_DOOR]
    dates = [each for each in standing if each.about == DATE]
    blocks: list[Block] = [
        kit.header(t("announcements.front_door"), "door"),
        kit.section(t("announcements.front_door_about"), "door_about"),
        *_standing(door, t, FRONT_DOOR),
        kit.actions(
            [
                kit.button(t("announcements.publish"), ids.ANNOUNCE_DOOR, programme.id),
                *_everywhere(door, t, FRONT_DOOR),
            ],
            "door_buttons",
        ),
    ]
    if coming or dates:
        blocks += [kit.header(t("announcements.dates"), "dates"), *_standing(dates, t, DATE)]
        choices = [(str(each.meeting.id), _choice(programme, each, t)) for each in coming if each.meeting]
        elements = (
            [kit.select(ids.ANNOUNCE_DATE, choices, placeholder=t("announcements.choose_date"))] if choices else []
        )
        if elements or dates:
            blocks.append(kit.actions([*elements, *_everywhere(dates, t, DATE)], "date_buttons"))
    if interest:
        lines = [
            t("announcements.fewer", title=title)
            if count is None
            else t("announcements.would_come", title=title, n=count)
            for title, count in interest.items()
        ]
        blocks += [kit.header(t("announcements.interest"), "interest"), kit.section("\n".join(lines), "would_come")]
    others = [kit.button(t("announcements.services"), ids.SERVICES, programme.id)]
    if programme.column is not None and programme.column.pitches and programme.column.editor is None:
        others.append(kit.button(t("announcements.pitches"), ids.PITCHES, programme.id))
    blocks += [kit.divider("rule"), kit.actions(others, "others")]
    return _page(t, t("announcements.desk_title"), programme, blocks, ids.VIEW_DESK)


def _choice(programme: Programme, item: Item, t: Translator) -> str:
    assert item.series is not None
    assert item.meeting is not None
    at = schedule.instant(item.series, item.meeting)
    when = t.when(at, item.series.zone, programme.clock.label.get(t.language)).split(",")
    return f"{','.join(when[:2])} · {title(programme, item, t)}"[:LONGEST_CHOICE]


def _standing(found: Sequence[Announcement], t: Translator, about: str) -> list[Block]:
    """Return where it stands, one line a channel; the channel as Slack's own link."""
    if not found:
        return [kit.context(t("announcements.nowhere"), f"{about}_nowhere")]
    lines = [f"<#{each.channel}>: {t(f'announcements.state.{_state(each)}')}" for each in found[:MOST_SHOWN]]
    return [kit.section("\n".join(lines), f"{about}_standing", formatted=True)]


def _state(announcement: Announcement) -> str:
    if announcement.state != LIVE:
        return "removing"
    return announcement.trouble or ("stands" if announcement.posted_at else "on_its_way")


def _everywhere(found: Sequence[Announcement], t: Translator, about: str) -> list[Any]:
    if not [each for each in found if each.state == LIVE]:
        return []
    ask = kit.confirm(
        t("announcements.remove_title"),
        t("announcements.remove_ask"),
        t("announcements.remove_yes"),
        t("announcements.keep"),
        danger=True,
    )
    return [
        kit.button(t("announcements.update"), ids.UPDATE_ALL, about),
        kit.button(t("announcements.remove"), ids.REMOVE_ALL, about, ask=ask),
    ]


def form(texts: Texts, programme: Programme, item: Item, t: Translator) -> kit.View:
    """Return the form that publishes: channels to choose, and what will stand there in every language."""
    date: dict[str, UUID] = {"d": item.meeting.id} if item.meeting else {}
    blocks: list[Block] = [
        kit.section(t("announcements.form_about"), "about"),
        kit.field(
            t("announcements.channels"),
            kit.channels(ids.IN_CHANNELS, MOST_CHANNELS),
            ids.IN_CHANNELS,
            hint=t("announcements.channels_hint"),
        ),
        kit.header(t("announcements.preview"), "preview"),
    ]
    languages = _languages(programme)
    heading = title(programme, item, texts.in_language(languages[0]))
    blocks.append(kit.section(heading, "preview.title"))
    shown = {each: words(programme, item, texts.in_language(each), heading) for each in languages}
    blocks += [kit.section(text, f"preview.{each}") for each, text in shown.items()]
    return kit.modal(
        t("announcements.form_title"),
        blocks,
        callback_id=ids.VIEW_ANNOUNCE,
        submit=t("announcements.publish_now"),
        close=t("announcements.not_now"),
        metadata=kit.meta(t.language, programme.id, **{key: str(value) for key, value in date.items()}),
        clear_on_close=True,
    )


def published(t: Translator, programme: Programme, count: int) -> kit.View:
    """Return what follows publishing: it is on its way, and where to look whether it stands."""
    blocks = [kit.section(t.count("announcements.published", count), "words")]
    return _page(t, t("announcements.form_title"), programme, blocks, ids.VIEW_PAGE)


def _page(t: Translator, title: str, programme: Programme, blocks: Sequence[Block], callback: str) -> kit.View:
    metadata = kit.meta(t.language, programme.id)
    return kit.modal(title, blocks, callback_id=callback, close=t("pages.close"), metadata=metadata)
