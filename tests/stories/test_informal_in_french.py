"""Colleagues among themselves, all in French: after a hard shift, two yeses and a day; a listing from first to last."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from peersupport.requests import State
from simulator.people import Actor
from store.tables_informal import check_ins, introductions, listings
from tests.stories.francophone import WAITS, newest, open_ville
from tests.stories.test_erasure import raw
from tests.stories.town import PROGRAMME, Places, Town

INFORMAL = "informal-rural"
WAY_TO_EMIL, WAY_TO_QUINN = "CANARY-250-555-0187", "CANARY-604-555-0133"
HANDLE = re.compile(r"[A-Za-z0-9_-]{60,}")
TOLD = "Vous vouliez prendre des nouvelles de quelqu'un aujourd'hui."


@pytest_asyncio.fixture
async def hameau(places: Places) -> AsyncIterator[Town]:
    """Give a French town with Vancouver and the programme of colleagues among themselves."""
    async with open_ville(places, beside=INFORMAL) as town:
        yield town


async def is_a_rural_doctor(who: Actor) -> None:
    """Say that the door is for oneself."""
    await who.chooses("Qu'est-ce qui vous correspond?", "Médecin en milieu rural")
    await who.submits()


async def goes_in(who: Actor) -> None:
    """Go through the door."""
    await who.types("/peersupport")
    await who.presses("Trouver une ou un collègue", where="modal")
    await is_a_rural_doctor(who)


async def lists(who: Actor) -> None:
    """List oneself, to be asked once a week."""
    await goes_in(who)
    await who.presses("M'inscrire", where="modal")
    await who.fills("Le nom que voient les collègues", "Émile de Terrace")
    await who.fills("Comment vous joindre", WAY_TO_EMIL)
    await who.fills("Votre localité, si vous voulez", "Terrace")
    await who.chooses("Les moments qui conviennent", ["Après une nuit de garde"])
    await who.chooses("Ce que vous avez vécu, si vous voulez le dire", ["Être de garde sans collègue"])
    await who.chooses("Combien de fois par semaine on peut vous demander", "Une fois")
    await who.submits()
    await who.sees("Votre inscription est en place.", where="modal")
    await who.closes(everything=True)


async def looks(who: Actor, *found: str) -> None:
    """Look who is there now."""
    await goes_in(who)
    await who.presses("Voir qui est là", where="modal")
    await who.sees(*found, where="modal")


async def rows(town: Town) -> dict[str, int]:
    """Count what is kept of colleagues among themselves."""
    found = {}
    for table in (introductions, listings, check_ins):
        found[table.name] = await raw(town, select(func.count()).select_from(table))
    return found


@pytest.mark.req("N1", "N3", "N4", "N5", "N8", "N9", "N12", "N13", "N14")
async def test_after_a_hard_shift_two_talk_and_a_day_later_nothing_links_them(hameau: Town) -> None:
    emil, quinn, iris = hameau.person("emil"), hameau.person("quinn"), hameau.person("iris")
    await lists(emil)
    await quinn.types("/peersupport")
    await quinn.presses("Après un quart difficile", where="modal")
    await quinn.sees("Vous ne devez d'explication à personne.", "jour et nuit", "Demander du soutien", where="modal")
    await quinn.presses("Trouver une ou un collègue", where="modal")
    await is_a_rural_doctor(quinn)
    await quinn.sees("Sur quoi cela repose", "vulnérabilité partagée", "Mansouri", where="modal")
    await quinn.presses("Voir qui est là", where="modal")
    await quinn.sees("Émile de Terrace, Terrace", "A vécu", "Être de garde sans collègue", where="modal")
    await quinn.presses("Demander dix minutes", where="modal")
    await quinn.sees("Pourrions-nous parler dix minutes?", where="modal")
    await quinn.fills("Comment on peut vous appeler", "Quinn")
    await quinn.fills("Comment on pourrait vous joindre", WAY_TO_QUINN)
    await quinn.submits()
    await quinn.sees("Votre question leur est parvenue.", where="modal")
    await quinn.closes(everything=True)
    await hameau.at_rest()
    await looks(iris, "Personne n'est là en ce moment")
    await iris.closes(everything=True)
    await newest(emil)
    await emil.sees("Quinn vous demande", "Pourrions-nous parler dix minutes?", where="modal")
    emil.sees_nothing_of(WAY_TO_QUINN)
    await emil.presses("Oui, avec plaisir", where="modal")
    await emil.sees("Deux oui", WAY_TO_QUINN, where="modal")
    await emil.closes(everything=True)
    await hameau.at_rest()
    await newest(quinn)
    await quinn.sees("Deux oui", WAY_TO_EMIL, "tout ce qui vous relie", where="modal")
    await quinn.closes(everything=True)
    await hameau.passes(hours=25)
    await hameau.at_rest()
    assert await rows(hameau) == {"introductions": 0, "listings": 1, "check_ins": 0}
    async with hameau.house.store.work() as work:
        for programme in (PROGRAMME, INFORMAL):
            assert await work.requests.in_states(programme, frozenset(State), limit=1) == []
    await newest(quinn)
    await quinn.sees("Il n'y a plus rien d'ouvert ici.", "Demander du soutien", where="modal")
    assert not [word for word in (WAY_TO_EMIL, WAY_TO_QUINN, "Terrace", "Quinn") if word in hameau.said()]
    sent = [entry.request for entry in hameau.sim.calls("chat.postMessage")]
    assert [each["text"] for each in sent] == [WAITS, WAITS]
    assert not {"metadata", "thread_ts", "username"} & {name for each in sent for name in each}
    shown = [json.dumps(each["blocks"], ensure_ascii=False) for each in sent]
    assert len({HANDLE.sub("handle", each) for each in shown}) == 1, "one message cannot be told from the other"


@pytest.mark.req("N2", "N6", "N7", "N14")
async def test_somebody_is_reminded_twice_and_a_listing_is_paused_shown_again_and_ended_by_silence(
    hameau: Town,
) -> None:
    emil, quinn = hameau.person("emil"), hameau.person("quinn")
    await lists(emil)
    await quinn.types("/peersupport")
    await quinn.presses("Prendre des nouvelles", where="modal")
    await quinn.sees("Ne minimisez pas.", "Ne réparez pas.", "Ne comparez pas.", where="modal")
    await quinn.chooses("Me le rappeler en privé", "Demain à midi")
    await quinn.chooses("Et plus tard", ["Encore une fois des semaines plus tard, quand plus personne ne demande"])
    await quinn.submits()
    await quinn.sees("On vous le rappellera", "Et encore une fois", where="modal")
    await quinn.closes(everything=True)
    await emil.opens_home()
    await emil.presses("Mettre en pause", where="home")
    await emil.sees("personne ne la voit", where="home")
    await looks(quinn, "Personne n'est là en ce moment")
    await quinn.closes(everything=True)
    await emil.presses("Remontrer mon inscription", where="home")
    await emil.sees("Vous êtes parmi les collègues qu'on peut appeler.", where="home")
    for days, left in ((2, 1), (21, 0)):
        await hameau.passes(days=days)
        await hameau.at_rest()
        await newest(quinn)
        await quinn.sees(TOLD, where="modal")
        await quinn.closes(everything=True)
        assert (await rows(hameau))["check_ins"] == left
    await hameau.passes(days=68)
    await hameau.at_rest()
    await newest(emil)
    await emil.sees("L'inscription doit-elle rester?", where="modal")
    await emil.closes(everything=True)
    await hameau.passes(days=15)
    await hameau.at_rest()
    assert await rows(hameau) == {"introductions": 0, "listings": 0, "check_ins": 0}
    await looks(quinn, "Personne n'est là en ce moment")
