"""What the demonstration tells a newcomer: on the terminal in a few lines, on the page in full."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.demo_people import IMPACT, VANCOUVER
from simulator.guide import Guide, SignIn, Try, at

CHOICES = {"vancouver": (VANCOUVER,), "impact": (IMPACT,), "both": (VANCOUVER, IMPACT)}
"""What PROGRAMME may be, and which programmes run then."""
_GENERAL, _ADMIN = "C0GENERAL1", {VANCOUVER: "C0PSADMIN1", IMPACT: "C0IMPADMI1"}
_NAMES = {VANCOUVER: "Physician Peer Support Initiative", IMPACT: "IMPACT"}
_RUNS = {
    VANCOUVER: "Physician Peer Support Initiative (Vancouver); its administrators meet in #peer-support-admin.",
    IMPACT: "IMPACT, for rural physicians and nurses of remote stations; its administrators meet in #impact-admin.",
}
_CHOICE = (
    "To see one of them alone, stop the demo and start it with PROGRAMME=vancouver or PROGRAMME=impact; what you did "
    "is still there afterwards. RESET=1 starts afresh."
)


def lines(programmes: Sequence[str], pages: str) -> list[str]:
    """Return what is said on the terminal."""
    channel = "peer-support-admin" if VANCOUVER in programmes else "impact-admin"
    said = [
        "1. Act as Ava Larkspur: type /peersupport in #general and ask for support.",
        f"2. Act as Farah Meadowrue: claim it in #{channel}, find a supporter, send the offer.",
        "3. Act as that supporter: open the message and accept. Ctrl-C stops; RESET=1 starts afresh.",
    ]
    if IMPACT in programmes:
        said.append(
            "4. Act as Tess Fireweed, who belongs to a partner of IMPACT: type /peersupport and ask for outreach. The "
            f'partner\'s page is at {pages}/partner/{IMPACT}; name and code for it are on the page "What you can try".'
        )
    runs = {1: programmes[0], 2: "both programmes"}[len(programmes)]
    return [*said, f"This runs {runs}; PROGRAMME=vancouver, impact or both chooses."]


def guide(programmes: Sequence[str], pages: str, partner: tuple[str, str] | None) -> Guide:
    """Return what the page tells of these programmes; `partner` is a name and the secret its codes come from."""
    tries = [_asks(programmes[0]), _refers(programmes[0])]
    sign_in = None
    if IMPACT in programmes:
        tries.append(_NOTICE)
        sign_in = SignIn(f"{pages}/partner/{IMPACT}", *partner) if partner else None
    return Guide([_RUNS[each] for each in programmes], _CHOICE, [*tries, _FRENCH], sign_in)


def _asks(programme: str) -> Try:
    return Try(
        "Somebody asks for support",
        [
            [
                at("ava", _GENERAL, "Act as Ava"),
                f": type /peersupport in #general and, below {_NAMES[programme]}, press Ask for support.",
            ],
            [at("farah", _ADMIN[programme], "Act as Farah"), ", an administrator: claim it, find a supporter, send."],
            "Act as that supporter: open the message and say yes. Who asked shows only now.",
            [at("ava", "home", "Ava's Home"), " shows who opened her name and contact, and when."],
        ],
    )


def _refers(programme: str) -> Try:
    return Try(
        "A colleague passes a colleague on",
        [
            [
                at("bruno", _GENERAL, "Act as Bruno"),
                f": type /peersupport, below {_NAMES[programme]} press Refer a colleague who said yes; choose Dara.",
            ],
            [at("dara", "messages", "Act as Dara"), ": the note asks first. Try yes, no, or never again."],
            "Or write a name and a phone number of somebody who is not on Slack.",
            [
                at("farah", _ADMIN[programme], "Then act as Farah"),
                ": open the card and the call sheet, and let it make a link and a code.",
            ],
            "Open the link in this browser and type the code: that is the page which the colleague sees.",
        ],
    )


_NOTICE = Try(
    "A partner lets IMPACT know of somebody",
    [
        [
            at("tess", _GENERAL, "Act as Tess"),
            ", a transfer coordinator: type /peersupport. Of IMPACT she sees one door and nothing else.",
        ],
        [at("farah", _ADMIN[IMPACT], "Act as Farah"), ": claim the notice, find a supporter, send the offer."],
        "Act as that supporter: say yes, and read how to invite somebody who did not ask. “I'm fine” is an answer too.",
        [at("tess", "home", "Tess's Home"), " never shows what came of it."],
    ],
)
_FRENCH = Try(
    "The same in French",
    [
        [
            at("chloe", _GENERAL, "Chloé"),
            ", ",
            at("hugo", "home", "Hugo"),
            ", an administrator, and ",
            at("luc", "messages", "Luc"),
            ", a supporter, read French. Everybody else can choose it in the menu of /peersupport.",
        ]
    ],
)
