"""The page in a real browser: a person finds their way by eye, by keyboard and by what a screen reader is told."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from simulator import Simulator
from tests.simulator_web import screens
from tests.simulator_web.conftest import OpenPage
from tests.simulator_web.fake_app import MANIFEST, Simulation

pytestmark = pytest.mark.browser

AVA, BRUNO, FARAH = "U0AVALARK1", "U0BRUNOTA1", "U0FARAHME1"


async def opens_menu(page: Page) -> None:
    await page.get_by_label("Message #general").fill("/peersupport")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Peer support")).to_be_visible()


async def opens_form(page: Page) -> None:
    await opens_menu(page)
    await page.get_by_role("button", name="Ask for support").click()
    await expect(page.get_by_role("dialog", name="Ask for support")).to_be_visible()


async def fills_required(page: Page) -> None:
    await page.get_by_label("What should we call you?").fill("Ava")
    await page.get_by_label("Phone").check()


async def test_a_slash_suggests_the_command_and_enter_sends_it(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    field = page.get_by_label("Message #general")
    await field.press_sequentially("/pe")
    await expect(page.get_by_role("option", name="/peersupport")).to_have_attribute("aria-selected", "true")
    await field.press("Enter")
    await expect(field).to_have_value("/peersupport ")
    await field.press("Enter")
    await expect(page.get_by_role("dialog", name="Peer support")).to_be_visible()
    assert simulation.app.last("/peersupport")["user_id"] == AVA


async def test_an_ordinary_message_appears_to_everyone_at_once(open_page: OpenPage) -> None:
    hers, his = await open_page("ava"), await open_page("bruno")
    await hers.get_by_label("Message #general").fill("Rounds are at *9:30*")
    await hers.keyboard.press("Enter")
    await expect(his.get_by_role("log", name="Messages").get_by_text("9:30")).to_be_visible()
    await expect(hers.get_by_label("Message #general")).to_have_value("")


async def test_a_whole_form_is_filled_in_and_sent(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await opens_form(page)
    await fills_required(page)
    await page.get_by_label("Anything else?").fill("Two\nlines")
    await page.get_by_label("E-mail").fill("ava@example.org")
    await page.get_by_label("How many").fill("3")
    await page.get_by_label("Web page").fill("https://example.org")
    await page.get_by_label("Workload").check()
    await page.get_by_label("How soon?").select_option(label="No rush")
    await page.get_by_role("button", name="Good times").click()
    await page.get_by_label("Weekday evenings").check()
    await page.get_by_label("A colleague").select_option(label="Iris Wintergreen")
    await page.get_by_role("button", name="Not to be matched with").click()
    await page.get_by_label("Filter the list").locator("visible=true").fill("tam")
    await expect(page.get_by_label("Emil Foxglove").locator("visible=true")).to_have_count(0)
    await page.get_by_label("Bruno Tamarack").locator("visible=true").check()
    await page.keyboard.press("Escape")
    await page.get_by_label("First day").fill("2026-12-07")
    await page.get_by_label("First hour").fill("19:15")
    await page.get_by_role("button", name="Send my request").click()
    await expect(page.get_by_role("dialog", name="Ask for support")).to_have_count(0)
    values = simulation.app.last("view_submission form")["view"]["state"]["values"]
    flat = {block: next(iter(actions.values())) for block, actions in values.items()}
    assert flat["name"] == {"type": "plain_text_input", "value": "Ava"}
    assert flat["words"]["value"] == "Two\nlines"
    assert (flat["email"]["value"], flat["count"]["value"]) == ("ava@example.org", "3")
    assert [one["value"] for one in flat["topics"]["selected_options"]] == ["load"]
    assert flat["mode"]["selected_option"]["value"] == "phone"
    assert flat["soon"]["selected_option"]["value"] == "later"
    assert [one["value"] for one in flat["times"]["selected_options"]] == ["pm"]
    assert flat["one"]["selected_user"] == "U0IRISWIN1"
    assert flat["avoid"]["selected_users"] == [BRUNO]
    assert (flat["day"]["selected_date"], flat["hour"]["selected_time"]) == ("2026-12-07", "19:15")


async def test_nothing_is_sent_while_a_required_field_is_empty(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await opens_form(page)
    await page.get_by_role("button", name="Send my request").click()
    field = page.get_by_label("What should we call you?")
    await expect(page.get_by_text("Please complete this required field.")).to_have_count(2)
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    assert "view_submission form" not in simulation.app.names()
    await field.fill("Ava")
    await expect(page.get_by_text("Please complete this required field.")).to_have_count(1)


async def test_what_was_typed_survives_an_error(open_page: OpenPage, simulation: Simulation) -> None:
    simulation.app.answers["view_submission form"] = {
        "response_action": "errors",
        "errors": {"email": "We cannot write to this address."},
    }
    page = await open_page("ava")
    await opens_form(page)
    await fills_required(page)
    await page.get_by_label("E-mail").fill("ava@example.org")
    await page.get_by_role("button", name="Send my request").click()
    await expect(page.get_by_text("We cannot write to this address.")).to_be_visible()
    await expect(page.get_by_label("E-mail")).to_be_focused()
    await expect(page.get_by_label("What should we call you?")).to_have_value("Ava")
    await expect(page.get_by_label("Phone")).to_be_checked()


async def test_what_is_being_typed_survives_news_and_an_update(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await opens_form(page)
    field = page.get_by_label("What should we call you?")
    await field.press_sequentially("Av")
    await simulation.simulator.client.say(BRUNO, "C0GENERAL1", "News meanwhile")
    await expect(page.get_by_text("News meanwhile")).to_have_count(1)
    view = simulation.workspace.desk(AVA).modal
    assert view is not None
    changed = screens.form("Ask for help", [screens.field("new", "A new field", {"type": "plain_text_input"})])
    await simulation.app.call("views.update", view_id=view.id, view=changed)
    await expect(page.get_by_role("dialog", name="Ask for help")).to_be_visible()
    await expect(page.get_by_label("A new field")).to_have_value("")
    await expect(field).to_be_focused()
    await field.press_sequentially("a")
    await expect(field).to_have_value("Ava")


async def test_what_was_typed_is_known_before_it_is_sent(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await opens_form(page)
    await page.get_by_label("What should we call you?").fill("Ava")
    view = simulation.workspace.desk(AVA).modal
    assert view is not None
    for _ in range(100):
        if view.values["name"]["name"].get("value") == "Ava":
            break
        await page.wait_for_timeout(50)
    await page.reload()
    await expect(page.get_by_label("What should we call you?")).to_have_value("Ava")


async def test_a_pushed_view_goes_back_and_escape_goes_out(open_page: OpenPage) -> None:
    page = await open_page("ava")
    await opens_menu(page)
    await page.get_by_role("button", name="Who will see this?").click()
    await expect(page.get_by_role("dialog", name="Who will see this?")).to_be_visible()
    await page.get_by_role("button", name="Back").first.click()
    await expect(page.get_by_role("dialog", name="Peer support")).to_be_visible()
    await expect(page.get_by_role("button", name="Who will see this?")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_label("Message #general")).to_be_focused()


async def test_the_cross_closes_the_whole_stack(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await opens_form(page)
    await page.get_by_role("button", name="Close", exact=True).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert simulation.app.last("view_closed form")["is_cleared"] is True


async def test_the_focus_stays_in_the_modal(open_page: OpenPage) -> None:
    page = await open_page("ava")
    await opens_menu(page)
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 10:
        await page.keyboard.press(key)
        inside = await page.evaluate("document.activeElement.closest('#modals dialog') !== null")
        assert inside, key


async def test_escape_closes_a_menu_before_the_modal(open_page: OpenPage) -> None:
    page = await open_page("ava")
    await opens_form(page)
    opener = page.get_by_role("button", name="Good times")
    await opener.click()
    await expect(page.get_by_label("Weekday mornings")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Weekday mornings")).to_be_hidden()
    await expect(opener).to_be_focused()
    await expect(page.get_by_role("dialog", name="Ask for support")).to_be_visible()


async def test_enter_sends_a_form_from_a_line_but_not_from_several(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await opens_form(page)
    await fills_required(page)
    await page.get_by_label("Anything else?").press("Enter")
    await expect(page.get_by_label("Anything else?")).to_have_value("\n")
    await page.get_by_label("What should we call you?").press("Enter")
    await expect(page.get_by_role("dialog", name="Ask for support")).to_have_count(0)
    assert simulation.app.names().count("view_submission form") == 1


async def test_a_confirm_dialog_is_asked_first(open_page: OpenPage, simulation: Simulation) -> None:
    await simulation.post("C0PSADMIN1", "New request K7-42", screens.card())
    page = await open_page("farah", "C0PSADMIN1")
    await page.get_by_role("button", name="Withdraw").click()
    asking = page.get_by_role("alertdialog", name="Withdraw your request?")
    await expect(asking.get_by_role("button", name="Keep my request")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(asking).to_have_count(0)
    assert "withdraw" not in simulation.app.names()
    await page.get_by_role("button", name="Withdraw").click()
    await asking.get_by_role("button", name="Withdraw").click()
    await expect(asking).to_have_count(0)
    await expect(page.locator("[data-pending]")).to_have_count(0)
    assert simulation.app.last("withdraw")["channel"]["id"] == "C0PSADMIN1"


async def test_an_overflow_menu_by_keyboard(open_page: OpenPage, simulation: Simulation) -> None:
    await simulation.post("C0PSADMIN1", "New request K7-42", screens.card())
    page = await open_page("farah", "C0PSADMIN1")
    await page.get_by_role("button", name="More actions").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Remind me later")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="More actions")).to_be_focused()
    await expect(page.locator("[data-pending]")).to_have_count(0)
    assert simulation.app.last("more")["actions"][0]["selected_option"]["value"] == "hand"


async def test_inputs_that_dispatch_speak_on_choice_and_on_enter(open_page: OpenPage, simulation: Simulation) -> None:
    view = screens.form(
        more=[
            screens.field(
                "kind",
                "Which fits you?",
                {
                    "type": "static_select",
                    "options": [screens.option("a", "Physician"), screens.option("b", "Resident")],
                },
                dispatch_action=True,
            ),
            screens.field("find", "Find", {"type": "plain_text_input"}, dispatch_action=True, optional=True),
        ]
    )
    simulation.app.opens("/peersupport", view)
    page = await open_page("ava")
    await page.get_by_label("Message #general").fill("/peersupport")
    await page.keyboard.press("Enter")
    await page.get_by_label("What should we call you?").fill("Ava")
    await page.get_by_label("Which fits you?").select_option(label="Resident")
    await expect(page.locator("[data-pending]")).to_have_count(0)
    heard = simulation.app.last("kind")
    assert heard["actions"][0]["selected_option"]["value"] == "b"
    assert heard["view"]["state"]["values"]["name"]["name"]["value"] == "Ava"
    await page.get_by_label("Find").fill("iris")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-pending]")).to_have_count(0)
    assert simulation.app.last("find")["actions"][0]["value"] == "iris"
    assert "view_submission form" not in simulation.app.names()


async def test_an_answer_that_does_not_come_is_shown_as_slack_shows_it(
    open_page: OpenPage, simulation: Simulation
) -> None:
    page = await open_page("ava")
    await opens_form(page)
    await fills_required(page)
    simulation.simulator.dispatcher.deadline = 0.05
    simulation.app.slow = 1.0
    await page.get_by_role("button", name="Send my request").click()
    await expect(page.get_by_text("We had some trouble connecting.")).to_be_visible()
    await expect(page.get_by_label("What should we call you?")).to_have_value("Ava")
    await page.get_by_role("button", name="Close", exact=True).click()
    await page.get_by_label("Message #general").fill("/peersupport")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text('failed with the error "operation_timeout"')).to_be_visible()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Peer support").click()
    await expect(page.locator(".toast")).to_have_text("Peer support is not responding. Try again?")


async def test_home_is_shown_and_its_menus_speak(open_page: OpenPage, simulation: Simulation) -> None:
    page = await open_page("ava")
    await page.get_by_role("navigation", name="Channels and apps").get_by_role("link", name="Peer support").click()
    await expect(page.get_by_role("heading", name="Good morning")).to_be_visible()
    await page.get_by_label("Language of this app").select_option(label="Français")
    await expect(page.locator("[data-pending]")).to_have_count(0)
    assert simulation.app.last("tongue")["view"]["type"] == "home"


async def test_the_apps_messages_are_read_only_and_unread_until_seen(
    open_page: OpenPage, simulation: Simulation
) -> None:
    page = await open_page("ava")
    channel = simulation.workspace.dm(AVA)
    assert channel is not None
    await simulation.post(channel.id, "There is an update for you.")
    link = page.get_by_role("link", name="Peer support")
    await expect(link).to_contain_text("1 unread message")
    await expect(page.locator(".toast-card")).to_contain_text("There is an update for you.")
    await link.click()
    await expect(page.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
    await expect(page.get_by_role("textbox")).to_have_count(0)
    await expect(link).not_to_contain_text("unread")


async def test_acting_as_someone_else_shows_only_theirs(open_page: OpenPage, simulation: Simulation) -> None:
    await simulation.post("C0PSADMIN1", "New request K7-42", screens.card())
    page = await open_page("ava")
    await expect(page.get_by_role("link", name="peer-support-admin")).to_have_count(0)
    await page.get_by_role("button", name="Acting as").click()
    await page.get_by_role("menuitem", name="Farah Meadowrue").click()
    await page.get_by_role("link", name="peer-support-admin").click()
    await expect(page.get_by_role("heading", name="New request K7-42")).to_be_visible()


async def test_the_inspector_lists_every_payload_and_opens_one(open_page: OpenPage) -> None:
    page = await open_page("ava")
    await expect(page.get_by_label("Inspector", exact=True)).to_be_hidden()
    await opens_menu(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("heading", name="general").click()
    await page.keyboard.press("i")
    entries = page.locator("#entries > li:visible")
    await expect(entries.filter(has_text="slash_commands")).to_have_count(1)
    await expect(entries.filter(has_text="views.open")).to_contain_text("from app")
    await page.get_by_label("Direction").select_option(label="To the app")
    await expect(entries.filter(has_text="views.open")).to_have_count(0)
    await entries.filter(has_text="slash_commands").locator("summary").click()
    await expect(entries.filter(has_text="slash_commands")).to_contain_text('"command": "/peersupport"')


@pytest.mark.parametrize("width", [400, 760, 1280, 1600])
async def test_it_fits_narrow_and_wide_windows(open_page: OpenPage, width: int) -> None:
    page = await open_page("ava", width=width)
    await opens_form(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    box = await page.get_by_role("dialog", name="Ask for support").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


async def test_the_theme_follows_the_machine_and_can_be_changed(open_page: OpenPage) -> None:
    page = await open_page("ava", theme="dark")
    paper = "getComputedStyle(document.querySelector('.main')).backgroundColor"
    dark = await page.evaluate(paper)
    await page.get_by_role("button", name="Theme").click()
    assert await page.evaluate(paper) == "rgb(255, 255, 255)" != dark
    await page.reload()
    assert await page.evaluate(paper) == "rgb(255, 255, 255)"


async def test_a_page_finds_the_simulator_again_after_a_restart(browser: Browser) -> None:
    first = await Simulator.start(manifest=MANIFEST)
    page = await browser.new_page()
    try:
        await page.goto(f"{first.url}/?as=ava&at=C0GENERAL1")
        await first.client.say(AVA, "C0GENERAL1", "Before the end")
        await expect(page.get_by_text("Before the end")).to_be_visible()
    finally:
        await first.stop()
    await expect(page.locator(".toast")).to_contain_text("We had some trouble connecting")
    async with await Simulator.start(manifest=MANIFEST, port=int(first.url.rpartition(":")[2])) as second:
        await second.client.say(BRUNO, "C0GENERAL1", "After the start")
        await expect(page.get_by_text("After the start")).to_be_visible(timeout=15000)
        await expect(page.get_by_text("Before the end")).to_have_count(0)
        await page.close()
