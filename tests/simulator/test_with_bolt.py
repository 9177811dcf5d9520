"""A bare Bolt app against the simulator, with the real SDK, over HTTP and over Socket Mode."""

from __future__ import annotations

import pytest

from simulator import Simulator
from tests.simulator.bolt_app import Parrot


async def test_a_whole_round(sim: Simulator, any_parrot: Parrot) -> None:
    ava, gwen, kaya = sim.person("ava"), sim.person("gwen"), sim.person("kaya")
    await ava.types("/parrot", channel="general")
    await ava.fills("What shall it say?", "good morning")
    await ava.chooses("How?", "Loudly")
    await ava.chooses("To whom?", ["luc", kaya])
    await ava.submits()
    await ava.sees_no_modal()

    await gwen.sees("good morning", where="#peer-support-admin")
    ava.sees_nothing_of("good morning")
    kaya.sees_nothing_of("good morning", "Claim")
    with pytest.raises(AssertionError, match="asks first"):
        await gwen.presses("Claim")
    await gwen.presses("Claim", confirm="deny")
    assert "Claimed by" not in gwen.screen()
    await gwen.presses("Claim", confirm="accept")
    await gwen.sees("Claimed by @Gwen Sorrelwood", "(edited)")
    await gwen.sees("There is an update for you.", where="messages")
    await sim.settled()
    assert gwen.notifications == ["There is an update for you."]
    assert ava.notifications == []

    submission = next(body for body in any_parrot.heard if body.get("type") == "view_submission")
    values = submission["view"]["state"]["values"]
    assert values["whom"]["whom"]["selected_users"] == [sim.person("luc").id, kaya.id]
    assert values["extra"]["words"] == {"type": "plain_text_input", "value": None}
    assert submission["view"]["private_metadata"] == "kept for itself"
    assert "kept for itself" not in ava.screen()


async def test_home_and_shortcut(sim: Simulator, any_parrot: Parrot) -> None:
    bruno = sim.person("bruno")
    await bruno.opens_home()
    await bruno.presses("Open the form")
    await bruno.sees("What shall it say?", where="modal")
    await bruno.closes()
    await sim.settled()
    closed = any_parrot.heard[-1]
    assert (closed["type"], closed["is_cleared"], closed["view"]["callback_id"]) == ("view_closed", False, "form")
    await bruno.uses_shortcut("repeat")
    await bruno.sees("A form", where="modal")
    sim.person("ava").sees_nothing_of("A form", "Hello there")


async def test_what_was_typed_is_kept_over_an_update(sim: Simulator, parrot: Parrot) -> None:
    ava = sim.person("ava")
    await ava.types("/parrot")
    await ava.fills("What shall it say?", "still here")
    before = ava.modal.hash if ava.modal else ""
    await ava.presses("More")
    await ava.sees("More it is.", "still here")
    assert ava.modal is not None
    assert ava.modal.hash != before


async def test_the_four_answers_to_a_submission(sim: Simulator, any_parrot: Parrot) -> None:
    ava = sim.person("ava")
    await ava.types("/parrot")
    await ava.fills("What shall it say?", "nothing")
    await ava.chooses("How?", "Softly")
    await ava.submits()
    await ava.sees("Say something.", "nothing")

    await ava.fills("What shall it say?", "again")
    await ava.submits()
    await ava.sees("== Second ==")
    assert len(ava.desk.modals) == 2
    await ava.fills("And?", "go on")
    await ava.presses("Go")
    await ava.sees_no_modal()
    assert ava.desk.modals == []

    await ava.types("/parrot")
    await ava.fills("What shall it say?", "thanks")
    await ava.chooses("How?", "Softly")
    await ava.presses("Send")
    await ava.sees("Thank you.")
    await ava.presses("Close")

    await ava.types("/parrot")
    await ava.fills("What shall it say?", "broken")
    await ava.chooses("How?", "Softly")
    await ava.submits()
    await ava.sees("We had some trouble connecting. Try again?", "broken")


async def test_a_stack_of_three(sim: Simulator, parrot: Parrot) -> None:
    ava = sim.person("ava")
    await ava.types("/parrot")
    await ava.presses("Deeper")
    await ava.sees("Below this, the form.")
    top = ava.desk.modals[-1]
    assert (top.root_view_id, top.previous_view_id) == (ava.desk.modals[0].id, ava.desk.modals[0].id)
    await ava.closes()
    await ava.sees("What shall it say?", where="modal")


async def test_command_answers_are_only_for_the_one_who_typed(sim: Simulator, parrot: Parrot) -> None:
    ava, bruno = sim.person("ava"), sim.person("bruno")
    await ava.types("/parrot speak", channel="general")
    await ava.sees("Only you hear this.", "only visible to you", where="#general")
    await ava.types("/parrot respond", channel="general")
    await ava.sees("Through the response url.")
    bruno.sees_nothing_of("Only you hear", "Through the response", "/parrot")


async def test_a_missed_deadline_is_shown(sim: Simulator, any_parrot: Parrot) -> None:
    sim.dispatcher.deadline = 0.2
    ava = sim.person("ava")
    await ava.types("/parrot slow")
    await ava.sees('/parrot failed with the error "operation_timeout"')
    assert sim.person("bruno").notices == []


async def test_an_app_that_is_not_there_is_shown(sim: Simulator, parrot: Parrot) -> None:
    ava = sim.person("ava")
    await ava.types("/parrot")
    await ava.sees("What shall it say?", where="modal")
    await parrot.stop()
    await ava.fills("What shall it say?", "hello")
    await ava.chooses("How?", "Softly")
    await ava.submits()
    await ava.sees("We had some trouble connecting. Try again?", "hello")
    await ava.closes()
    await ava.types("/parrot")
    await ava.sees('/parrot failed with the error "dispatch_failed"')


async def test_required_fields_are_asked_for_before_anything_is_sent(sim: Simulator, parrot: Parrot) -> None:
    ava = sim.person("ava")
    await ava.types("/parrot")
    await ava.sees("What shall it say? *", where="modal")
    sent = len(parrot.heard)
    await ava.submits()
    await ava.sees("Please complete this required field.")
    assert len(parrot.heard) == sent
    assert ava.modal is not None
    assert set(ava.modal.errors) == {"say", "how"}
