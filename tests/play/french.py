"""The journey in French, shorter: who asks, who looks after it and who accepts all read French."""

from __future__ import annotations

from simulator.people import Actor
from tests.play.telling import Telling
from tests.stories.town import CHANNEL, reference_on

LINES = ("9-1-1", "9-8-8", "1-800-663-6729")
ROLE = "Médecin en exercice à Vancouver"
MESSAGE = "Il y a quelque chose pour vous dans l'appli."
PHONE = "604-555-0147"


async def the_journey(t: Telling) -> None:
    """De la porte à la fin."""
    chloe, hugo, luc = t.person("chloe"), t.person("hugo"), t.person("luc")
    t.keeps_secret(*chloe.profile.real_name.split(), chloe.id, PHONE)
    reference = await _asks(t, chloe)
    await _offers(t, hugo, reference)
    await _accepts(t, luc, reference)
    await t.step(
        chloe,
        "opens Home",
        chloe.closes(everything=True),
        chloe.opens_home(),
        sees=[
            "Une ou un collègue de soutien a accepté",
            "Luc Mélilot",
            "par votre collègue de soutien",
            "[Retirer ma demande]",
        ],
        where="home",
    )
    await t.step(
        luc,
        "goes back, made contact and talked",
        luc.closes(),
        luc.presses("J'ai établi le contact"),
        luc.sees("Le délai ne court plus."),
        luc.presses("Nous avons parlé"),
        sees=["C'est compté. Seul le nombre est gardé."],
        where="modal",
    )
    await t.step(chloe, "sees it in Home", sees=["En contact"], where="home")
    await t.step(
        luc,
        'presses "Nous avons terminé" and says yes',
        luc.presses("Nous avons terminé", confirm="accept"),
        sees=["Le nom et les coordonnées vous sont maintenant fermés."],
        not_yet=["Bellérable", PHONE],
        where="modal",
    )
    await t.step(chloe, "finds it finished in Home", sees=[f"Votre demande {reference} est terminée."], where="home")


async def _asks(t: Telling, chloe: Actor) -> str:
    await t.step(
        chloe,
        "types /peersupport aide",
        chloe.types("/peersupport aide"),
        sees=[*LINES, "Personne ne surveille cette appli jour et nuit.", "[Demander du soutien]", "[Qui verra ceci?]"],
        not_yet=["Ask for", "Nobody", "help lines"],
        where="modal",
    )
    await t.step(
        chloe,
        'presses "Demander du soutien"',
        chloe.presses("Demander du soutien"),
        sees=["Qu'est-ce qui vous décrit le mieux? *", "Comment vous joindre? *", "Si vous le souhaitez"],
        not_yet=["Which", "Choose", "your"],
        where="modal",
    )
    await t.step(
        chloe,
        "gives three answers and sends",
        chloe.chooses("role", ROLE),
        chloe.chooses("modalities", ["Par téléphone"]),
        chloe.fills("reach", PHONE),
        chloe.presses("Envoyer ma demande"),
        sees=[
            "Votre demande est entre les mains de l'administration du programme.",
            "2 à 3 jours",
            "heure de Vancouver",
        ],
        not_yet=["Your", "within"],
        where="modal",
    )
    return reference_on(chloe.screen("modal"))


async def _offers(t: Telling, hugo: Actor, reference: str) -> None:
    await t.step(
        hugo,
        "claims it from the card, which is in the channel's language",
        hugo.presses("Claim", near=reference, where=CHANNEL),
        sees=[reference, "Hugo Cédrat"],
        not_yet=["Chloé", "Bellérable"],
        where=CHANNEL,
    )
    await t.step(
        hugo,
        "opens the details, in his own language",
        hugo.presses("Open details", near=reference, where=CHANNEL),
        sees=["Détails de la demande", "Afficher nom et coordonnées"],
        not_yet=["Bellérable", PHONE, "Show name"],
        where="modal",
    )
    await t.step(
        hugo,
        "looks for a supporter and asks Luc",
        hugo.presses("Trouver quelqu'un"),
        hugo.chooses("first", "Luc Mélilot"),
        hugo.submits(),
        sees=["sans nom"],
        where="modal",
    )
    await t.step(hugo, "closes it", hugo.closes(everything=True), sees=["A supporter has been asked"], where=CHANNEL)


async def _accepts(t: Telling, luc: Actor, reference: str) -> None:
    await t.step(
        luc,
        "opens the neutral message",
        luc.sees(MESSAGE, where="messages"),
        luc.presses("Ouvrir", where="messages"),
        sees=[reference, "Une personne aimerait parler", "Par téléphone", "Aucune raison n'est nécessaire."],
        not_yet=["Chloé", "Bellérable", PHONE],
        where="modal",
    )
    await t.step(
        luc,
        'presses "Oui, je peux"',
        luc.presses("Oui, je peux"),
        sees=["Merci. Vous en avez maintenant la charge."],
        not_yet=["Bellérable", PHONE],
        where="modal",
    )
    await t.step(
        luc,
        'presses "Afficher nom et coordonnées"',
        luc.presses("Afficher nom et coordonnées"),
        sees=["Chloé Bellérable", PHONE],
        where="modal",
    )


async def a_resident(t: Telling) -> None:
    """Une résidente qui choisit le français."""
    quinn = t.person("quinn")
    await t.step(
        quinn,
        "chooses French in the menu",
        quinn.closes(everything=True),
        quinn.types("/peersupport"),
        quinn.chooses("language", "Français"),
        sees=["Demander du soutien", *LINES],
        where="modal",
    )
    await t.step(
        quinn,
        'presses "Demander du soutien" and says "Résidente ou résident"',
        quinn.presses("Demander du soutien"),
        quinn.chooses("role", "Résidente ou résident"),
        sees=["leur propre programme de soutien par les pairs", "Nous n'avons rien gardé à votre sujet."],
        not_yet=["We kept"],
        where="modal",
    )


async def withdrawing(t: Telling) -> None:
    """Chloé change d'avis."""
    chloe, hugo = t.person("chloe"), t.person("hugo")
    reference = await _asks(t, chloe)
    await t.step(hugo, "sees the card", sees=[reference, "Received"], not_yet=["Bellérable"], where=CHANNEL)
    await t.step(
        chloe,
        "withdraws in Home",
        chloe.closes(everything=True),
        chloe.opens_home(),
        chloe.presses("Retirer ma demande", where="home", confirm="accept"),
        chloe.sees_no_more(reference, where="home"),
        sees=["[Demander du soutien]"],
        where="home",
    )
    await t.step(hugo, "sees the card closed", sees=[f"Request {reference}: closed"], where=CHANNEL)


SCENES = (
    ("En français: de la porte à la fin", the_journey),
    ("En français: une résidente", a_resident),
    ("En français: retirer sa demande", withdrawing),
)
