"""What a command says and how it ends while two administrators have not agreed on what it would do."""

from __future__ import annotations

from peersupport.approvals import Approval

AWAITS = 3
"""The exit code: nothing is wrong, but two people have to agree first."""


def sentence(approval: Approval) -> str:
    """Return what the operator is to do next; the code is what both sides compare."""
    return (
        f"Two administrators must agree: they find it in Home, code {approval.code}. "
        "Read them the code, then run this again."
    )
