"""The partner's page over HTTP: who sends it signs in with the form itself, and every failure looks the same."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest

from handlers.web import partner as page
from peersupport.addresses import signing_name
from peersupport.notice import PartnerIdentity, PartnerPerson, PartnerRoute
from peersupport.outreach import notifier_named
from peersupport.partner_signin import FAILURES, LOCKED
from tests.front.signed import captured_log
from tests.front.web_stage import assert_strict
from tests.partner.desk import NAME, PAGE, PLACE, PROGRAMME, REACH, WHO, Desk, filled

CANARIES = (NAME, REACH, PLACE, WHO, "Fern", "Robin")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


def said(words: str) -> str:
    """Return what a page says, without what differs by the moment."""
    return re.sub(r"\s+", " ", words)


@pytest.mark.req("I2", "I17")
async def test_the_form_asks_for_ticks_and_a_provider_and_completes_nothing(desk: Desk) -> None:
    form = await desk.site.get(PAGE)
    assert form.status == 200
    assert_strict(dict(form.headers))
    for words in ("Coordinators", "child involved", "difficult transfer", "Write nothing of a patient", "9-8-8"):
        assert words in form.words
    assert form.words.count('type="checkbox"') == 7, "five ticks, whose number it is, and whether they may be named"
    assert "<textarea" not in form.words
    assert "Dispatch" not in form.words, "another partner, whose people do not use the page"
    inputs = re.findall(r'<input type="text"[^>]*>', form.words)
    assert len(inputs) == 5
    assert all('autocomplete="off"' in each or 'name="code"' in each for each in inputs)
    french = await desk.site.get(f"{PAGE}?l=fr")
    assert "N&#x27;écrivez rien sur un patient" in french.words
    assert 'lang="fr"' in french.words
    for path in ("/partner", "/partner/", "/partner/elsewhere", f"{PAGE}/more"):
        assert (await desk.site.get(path)).status == 404


@pytest.mark.req("I11")
async def test_a_person_sends_a_notice_and_sees_a_receipt_with_their_own_count(desk: Desk, log: io.StringIO) -> None:
    first = await desk.submits()
    assert first.status == 200
    assert "You have sent 1 notice so far." in first.words
    assert_strict(dict(first.headers))
    assert not any(word in first.words for word in CANARIES), "nothing of the provider, or of who sent it"
    desk.clock.move(seconds=30)
    second = await desk.submits(filled(p1="Ada Aspen", p3="", own=[]), language="fr")
    assert "Vous avez envoyé 2 avis jusqu&#x27;ici." in second.words
    async with desk.store.work() as work:
        stored = await work.partner_people.get(desk.person.id)
    assert stored is not None
    assert (stored.sent, stored.failed) == (2, 0)
    assert (await desk.rows())["notices"] == 2
    assert not any(word in log.getvalue() for word in CANARIES)


@pytest.mark.req("I11")
async def test_a_code_works_once_and_only_the_same_form_sent_twice_at_once_gets_the_receipt_again(desk: Desk) -> None:
    code = desk.code()
    answers = await asyncio.gather(*(desk.submits(code=code) for _ in range(2)))
    assert {each.status for each in answers} == {200}
    assert {each.words for each in answers} == {answers[0].words}
    assert (await desk.rows())["notices"] == 1
    other = await desk.submits(filled(p1="Ada Aspen"), code=code)
    assert other.status == 403
    assert (await desk.rows())["notices"] == 1
    desk.clock.move(seconds=30)
    assert (await desk.submits(code=code)).status == 200, "the very same one again, while its code still holds"
    assert (await desk.submits(filled(p1="Ada Aspen"))).status == 200
    assert (await desk.rows())["notices"] == 2


@pytest.mark.req("I13")
@pytest.mark.parametrize("ticked", [True, False])
async def test_who_sends_it_is_named_to_the_provider_only_where_they_tick_it(desk: Desk, *, ticked: bool) -> None:
    form = await desk.site.get(PAGE)
    assert "You may say that it was me." in form.words
    assert "checked" not in form.words, "nobody agrees by leaving it as it is"
    wrong = await desk.submits(filled(tell="yes", p1=""))
    assert re.search(r'name="tell"[^>]* checked', wrong.words), "what was ticked survives"
    assert (await desk.submits(filled(tell="yes") if ticked else filled())).status == 200
    (told,) = await desk.told()
    assert told.form.tells_who is ticked
    async with desk.store.work() as work:
        assert await notifier_named(work, told) == (WHO if ticked else "")
        await work.partner_people.erase(desk.person.id)
        assert await notifier_named(work, told) == "", "whoever left the partner is named no more"


def switch(words: str) -> dict[str, list[str]]:
    """Return the fields that the button for the other language sends along."""
    nav = words[words.index("<nav") : words.index("</nav>")]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', nav):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.req("G30", "I2")
async def test_the_other_language_keeps_what_was_typed_and_sends_nothing(desk: Desk) -> None:
    before = await desk.rows()
    two = ["child_involved", "poor_outcome"]
    wrong = await desk.submits(filled(criteria=two, p3="no way to reach", tell="yes"))
    assert wrong.status == 422
    french = await desk.site.post(f"{PAGE}?l=fr", switch(wrong.words))
    assert 'lang="fr"' in french.words
    for value in (NAME, PLACE, "no way to reach", WHO):
        assert f'value="{value}"' in french.words
    for tick in ("child_involved", "poor_outcome", "physician", "yes"):
        assert re.search(rf'value="{tick}" checked', french.words), tick
    known = await desk.submits(filled(criteria=two), code="000000")
    english = await desk.site.post(f"{PAGE}?l=en", switch(known.words))
    assert english.status == 200, "nothing is amiss, and nothing is sent without its code"
    assert desk.code() not in switch(wrong.words).get("code", []), "the code is typed anew"
    assert await desk.rows() == before


WRONG: dict[str, dict[str, str]] = {
    "another name": {"who": "Bob Tremblay"},
    "no name": {"who": ""},
    "another code": {"code": "000000"},
    "no code": {"code": ""},
    "words for a code": {"code": "abcdef"},
    "a code of long ago": {"code": pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").at(59)},
}


@pytest.mark.req("I11", "I17")
async def test_every_failure_looks_the_same_and_keeps_nothing_but_a_count(desk: Desk, log: io.StringIO) -> None:
    before, looks = await desk.rows(), set()
    for who in WRONG.values():
        answer = await desk.submits(None, **who)
        assert answer.status == 403
        typed = f'value="{who.get("who", WHO)}"'
        looks.add(said(answer.words).replace(f'name="p4" {typed}>', 'name="p4">').replace(f"{typed} ", ""))
        assert f'value="{NAME}"' in answer.words, "what was typed survives"
        assert "code" not in re.findall(r'name="code"[^>]*value', answer.words), "but for the code"
        assert (await desk.rows()) == before
    assert len(looks) == 1
    assert not any(word in log.getvalue() for word in CANARIES)


@pytest.mark.req("I11")
async def test_a_name_is_locked_for_a_while_after_several_wrong_codes(desk: Desk) -> None:
    desk.site.front.pace._by_token.clear()
    wrong = [await desk.submits(code="000000") for _ in range(FAILURES)]
    locked = await desk.submits()
    assert locked.status == 403
    assert locked.words == wrong[0].words, "whether it is locked cannot be seen"
    desk.clock.move(seconds=LOCKED.total_seconds() - 31)
    assert (await desk.submits()).status == 403
    desk.clock.move(seconds=31)
    assert (await desk.submits()).status == 200
    assert (await desk.rows())["notices"] == 1


@pytest.mark.req("I11")
async def test_who_may_not_use_the_page_is_nobody_to_it(desk: Desk) -> None:
    async with desk.store.work() as work:
        member = PartnerPerson(desk.site.front.ids.new(), PROGRAMME.id, "coordinators", PartnerRoute.SLACK)
        assert await work.partner_people.add(member, PartnerIdentity(signing_name("Ada Aspen"), "Ada Aspen"))
    assert (await desk.submits(who="Ada Aspen")).status == 403
    assert (await desk.submits(who="  robin   MOSS ")).status == 200
    async with desk.store.work() as work:
        await work.partner_people.erase(desk.person.id)
    desk.clock.move(seconds=30)
    assert (await desk.submits()).status == 403


@pytest.mark.req("I3", "U36")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"criteria": []}, "Please fill this in."),
        ({"p1": ""}, "Please fill this in."),
        ({"profession": []}, "Please fill this in."),
        ({"profession": ["astronaut"]}, "Please choose from the list."),
        ({"p3": "ask at the desk"}, "one phone number or one e-mail address"),
        ({"p2": "the 93 year old patient of bed 4"}, "The ticks say enough."),
        ({"p1": "Fern Dell 9876 543 217"}, "The ticks say enough."),
    ],
)
async def test_what_cannot_be_taken_is_said_at_its_field_and_kept_nowhere(
    desk: Desk, log: io.StringIO, changes: dict[str, Any], words: str
) -> None:
    before = await desk.rows()
    answer = await desk.submits(filled(**changes))
    assert (answer.status, words in answer.words) == (422, True)
    assert 'role="alert"' in answer.words
    assert await desk.rows() == before
    assert (await desk.submits()).status == 200, "and the code was not used up by it"
    assert not any(word in log.getvalue() for word in (*CANARIES, "patient of bed"))


@pytest.mark.threat("T66")
async def test_a_day_of_one_person_is_full_and_the_administrators_hear_of_it_once(desk: Desk) -> None:
    async def one(name: str) -> int:
        desk.clock.move(seconds=30)
        return (await desk.submits(filled(p1=name))).status

    assert [await one(f"Fern Dell {letter}") for letter in "abc"] == [200] * 3
    before = await desk.rows()
    assert [await one(f"Fern Dell {letter}") for letter in "def"] == [429] * 3
    said = await desk.rows() - before
    assert said == {"outbox": 1}
    desk.clock.move(hours=24)
    assert await one("Fern Dell g") == 200


@pytest.mark.req("I11")
async def test_no_answer_comes_early(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def waits(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(page, "SLOWEST_SECONDS", 5.0)
    monkeypatch.setattr("handlers.web.partner.asyncio.sleep", waits)
    assert (await desk.submits(who="Bob Tremblay")).status == 403
    assert (await desk.submits()).status == 200
    assert len(waited) == 2
    assert all(seconds > 0 for seconds in waited)
