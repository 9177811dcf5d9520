"""Words of somebody who may be in danger, in what they typed into a form: numbers are shown, nobody is alerted.

The list is short on purpose: whole sentences of danger in English and French rather than single words, so that names,
addresses and ordinary tiredness pass. What matched is returned to nobody and kept nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from peersupport.actors import Held, hold
from peersupport.addresses import Address
from peersupport.audit import Event
from peersupport.outcomes import Already, Done, Refused, Stale
from peersupport.people import Deed
from peersupport.ports import UnitOfWork
from peersupport.programme import Programme

_SOMEONE = "(me|us|him|her|them|you|my ?self|him ?self|her ?self|them ?selves|our ?selves|someone|somebody|people)"
_MYSELF = "(my ?self|him ?self|her ?self|them ?selves|our ?selves)"
_WANTS = (
    "(want(s|ed)? to|wanna|going to|gonna|about to|rather|ready to|need to|plan(ning)? to|(i|we) (will|ll|could|might))"
)
_EN = (
    r"suicid(e|es|ed|al|ally|ality)",
    rf"(kill|kills|killed|killing) {_SOMEONE}",
    rf"{_WANTS} (just )?(kill|die|be dead)",
    r"(let me|hope i|wish i could|wish i would|should just|could just|feel like i|afraid i will|afraid i ll) die",
    r"(i m|i am|i feel like i m|feel like) dying",
    r"wish(ing)? i (was|were|am) (dead|never born|not alive)",
    r"better off dead",
    r"(unalive|un alive)",
    r"(end|ending|ended) (it all|my (own )?life|my days|his life|her life|their life|everything)",
    r"(take|taking|took) my (own )?life",
    r"(don ?t|do not|didn ?t|not|no longer|never) (want(ing)? to|wanna) (live|be alive|wake up|be here|exist|go on)",
    r"no (reason|point|will|wish|desire) (to|in|for) (live|living|life|go on|going on)",
    r"(can ?t|cannot|can not|couldn ?t) go on",
    r"not worth living",
    rf"(self harm|selfharm)(s|ed|ing)?|(harm|hurt|cut|hang|shoot|drown|poison)(ed|ing|ting)? {_MYSELF}",
    r"(hurt|harm|shoot|stab)(ing)? (someone|somebody|him|her|them|people)",
    r"(take|took|taken|taking|try|tried) an? (overdose|od)|overdosed|overdosing|overdose on",
    r"jump (off|from) (a|the) (bridge|roof|building|window|balcony)|jump in front of",
    r"(i m|i am|we are|we re|my life is|life is) in danger",
    r"(not|don ?t feel|do not feel) safe (with my ?self|at home|alone)",
    r"(goodbye|good bye) (cruel )?world|goodbye forever|farewell (letter|note)",
)
_FR = (
    r"suicid(e|es|ee|ees|er|ez|aire|aires|ant|ants)",
    r"(me|m|se|s|te|le|la|les|l|nous|vous|lui) (tuer|tuerai|tuerais|tuera)",
    r"(envie|veux|voudrais|vais|voulais|vouloir|besoin) (de |d )?(tuer|mourir)|tuer (quelqu|tout)",
    r"(pour|a|de|d|et|laisse moi|laissez moi|mieux|plutot|peur de) mourir|mourir",
    r"(etre|serais|serai|etais|bientot) morte?s?",
    r"en (finir|finirai|finirais)",
    r"mett(re|rai|rais|s|ant) (un )?(fin|terme) a (mes jours|ma vie|ses jours|sa vie|tout)",
    r"(m|s|t) (enlever|oter|arracher) la vie|me supprimer|(me|m) foutre en l air",
    r"(plus|pas|aucune|perdu) (envie|le gout|gout|la force|force|le desir|raison|l envie) de vivre",
    r"(ne )?(veux|peux|voulais|pouvais|voudrais) (plus|pas) (vivre|exister|continuer a vivre|etre la|me reveiller)",
    r"ne (plus|pas) (vivre|exister|me reveiller)|a quoi bon vivre|raisons? de vivre",
    r"(envie|veux|voudrais) (de )?disparaitre",
    r"(me|m) (faire (du )?mal|blesser|mutiler|pendre|noyer|flinguer|tirer une balle)",
    r"(me|m) (couper|ouvrir|tailler) les veines",
    r"(me|m) (jeter|lancer) (en bas|du|de la|sous|devant|par la fenetre|d un)|sauter (d un|du|en bas d un) (pont|toit)",
    r"auto ?mutil(e|er|ee|ation|ations)",
    r"(pris|prendre|prends|prise|fait|faire) une (surdose|overdose|od)",
    r"idees noires",
    r"(je suis|nous sommes|ma vie est|vie est) en danger|pas en securite (chez moi|a la maison|avec moi)",
    r"(lettre|mot|message) d adieu|adieu (tout le )?monde",
)
_ALONE = frozenset({"kill", "die", "dying", "dead", "tuer", "mourir", "overdose", "surdose", "morte"})
"""Words that say it only where nothing else was typed: in a name or an address they are nobody's cry."""
_SAID = re.compile(rf"\b(?:{'|'.join((*_EN, *_FR))})\b")
_ADDRESS = re.compile(r"\S+@\S+|\b(?:https?:|www\.)\S+")


def speaks_of_danger(*typed: str) -> bool:
    """Say whether somebody wrote that they, or others, may be in danger; addresses are not read."""
    return any(plain in _ALONE or _SAID.search(plain) is not None for plain in map(_plain, typed))


def _plain(typed: str) -> str:
    """Return the words alone, in small letters without accents, one space between them."""
    letters = unicodedata.normalize("NFKD", _ADDRESS.sub(" ", typed).casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept))


async def ask_today(
    work: UnitOfWork, programme: Programme, who: Address, request: UUID, *, now: datetime
) -> Done | Already | Refused | Stale:
    """Mark one's own request urgent and tell the administrators, because the person pressed the button for it."""
    held = await hold(work, programme, who, request, Deed.CHANGE, now)
    if not isinstance(held, Held):
        return held
    if held.request.urgent:
        return Already(held.request)
    saved = await held.save(replace(held.request, urgent=True), Event.REQUEST_CHANGED)
    if isinstance(saved, Stale):
        return saved
    await saved.tell_administrators()
    return Done(saved.request)
