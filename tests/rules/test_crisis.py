"""Crisis words in the form's own fields: what is recognised, what passes, and the yes that alerts somebody."""

from __future__ import annotations

import pytest

from peersupport import crisis, own
from peersupport.audit import Event
from peersupport.crisis import speaks_of_danger
from peersupport.notifications import Kind
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.requests import State
from tests.rules.world import ADA, ROBIN, STRANGER, World

IN_DANGER = [
    "suicide",
    "I feel suicidal",
    "thinking about Suicide.",
    "I want to kill myself",
    "killing  myself",
    "he will kill me",
    "i'm going to kill him",
    "I want to die",
    "I wanna die",
    "I'd rather die",
    "please let me die",
    "die",
    "KILL",
    "I'm dying",
    "wish I were dead",
    "wish i was dead",
    "they would be better off dead",
    "I will end it all",
    "ending my life",
    "take my own life",
    "I don't want to live anymore",
    "I dont want to wake up",
    "do not want to be here any more",
    "no reason to live",
    "I can't go on",
    "I can’t go on",
    "life is not worth living",
    "self-harm",
    "I cut myself",
    "hurting myself",
    "I might hurt someone",
    "I took an overdose",
    "jump off a bridge",
    "I am in danger",
    "not safe at home",
    "604-555-0142 I want to die",
    "suicidaire",
    "je pense au suicide",
    "me suicider",
    "elle s'est suicidée",
    "je veux me tuer",
    "Me Tuer",
    "envie de mourir",
    "je veux mourir",
    "mourir",
    "j'aimerais être morte",
    "je veux en finir",
    "en finir avec la vie",
    "mettre fin à mes jours",
    "mettre un terme à ma vie",
    "m'enlever la vie",
    "m’enlever la vie",
    "plus envie de vivre",
    "plus le goût de vivre",
    "je ne veux plus vivre",
    "je n'ai plus la force de vivre",
    "envie de disparaître",
    "me faire du mal",
    "je vais me pendre",
    "me jeter sous un train",
    "automutilation",
    "j'ai pris une surdose",
    "des idées noires",
    "je suis en danger",
    "lettre d'adieu",
    "vais tuer quelqu'un",
]

NOT_IN_DANGER = [
    "",
    "604-555-0142",
    "robin@clinic.example",
    "suicide.prevention@clinic.example",
    "overdose-team@hospital.example",
    "https://clinic.example/suicide",
    "Robin Roy",
    "Dr. Killian Dyer",
    "Killeen",
    "Diego, Dieter, Die-Hoang To",
    "diet clinic",
    "Die Praxis am Markt",
    "Harm Jansen",
    "Mortimer Mort",
    "Amour Irving",
    "Tue Larsen",
    "Thuer, Tuerlinckx",
    "Skill Dead-Sea",
    "Dead Sea Road",
    "Kill Devil Hills",
    "Dr. Slaughter, Dr. Coffin, Dr. Payne, Dr. Moody",
    "Overdose Prevention Unit",
    "palliative care, 3rd floor",
    "end of life care team",
    "Life Sciences Centre",
    "call after the night shift, I am dead tired",
    "I am exhausted and cannot cope with the on-call",
    "at the end of my shift",
    "please hurry, deadline",
    "Suzanne Suicidor",
    "finir tard, appelez après 18 h",
    "je finis à 18 h",
    "fatigue, épuisement, au bout du rouleau",
    "la mort d'un patient",
    "Danger Bay clinic",
    "Marie Vivre",
    "Mme Pendre",
    "vie privée",
    "urgence, poste 4412",
    "cut the call after two rings",
    "jump to extension 12",
]


@pytest.mark.req("U23")
@pytest.mark.parametrize("typed", IN_DANGER)
def test_these_words_show_the_numbers(typed: str) -> None:
    assert speaks_of_danger("604-555-0142", typed)


@pytest.mark.req("U23")
@pytest.mark.parametrize("typed", NOT_IN_DANGER)
def test_these_do_not(typed: str) -> None:
    assert not speaks_of_danger(typed)


def test_long_and_strange_words_are_read_in_no_time() -> None:
    assert not speaks_of_danger("want to " * 2000, "\ud800\x00" * 500, "je ne veux " * 500)


@pytest.mark.req("U23")
async def test_only_the_persons_yes_marks_the_request_urgent_and_tells_somebody() -> None:
    world = World()
    request = await world.opens()
    assert not world.memory.told(Kind.TELL_MEMBER)
    assert isinstance(await world.do(crisis.ask_today, ROBIN, request.id), Done)
    assert world.request(request.id).urgent
    told = {each.audience for each in world.memory.told(Kind.TELL_MEMBER, request.id)}
    assert world.member(ADA) in told
    assert world.memory.deeds(request.id)[-1] is Event.REQUEST_CHANGED
    assert isinstance(await world.do(crisis.ask_today, ROBIN, request.id), Already)
    assert len(world.memory.told(Kind.TELL_MEMBER, request.id)) == len(told)


@pytest.mark.threat("T16")
async def test_nobody_else_can_say_that_yes() -> None:
    world = World()
    request = await world.opens()
    for who in (STRANGER, ADA):
        assert isinstance(await world.do(crisis.ask_today, who, request.id), Refused)
    assert not world.request(request.id).urgent
    await world.do(own.withdraw, ROBIN, request.id)
    assert await world.do(crisis.ask_today, ROBIN, request.id) == Stale(State.CLOSED)
