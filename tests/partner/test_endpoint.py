"""The signed endpoint over HTTP: one receipt, one refusal, and nothing kept of what is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from peersupport import partner_signature as scheme
from peersupport.outreach import notifier_named
from peersupport.partner_keys import HOUR, QUOTA, PartnerKey
from tests.front.signed import captured_log
from tests.partner.desk import NAME, PLACE, PROGRAMME, REACH, SECRET, WHO, Desk, notice

RECEIPT = {"status": "received"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with captured_log() as stream:
        yield stream


@pytest.mark.req("I5", "I11")
async def test_a_signed_notice_is_received_and_always_in_the_same_words(desk: Desk, log: io.StringIO) -> None:
    before = await desk.rows()
    first = await desk.sends()
    assert (first.status, json.loads(first.words)) == (202, RECEIPT)
    assert first.headers["Content-Type"] == "application/json; charset=utf-8"
    again = await desk.sends()
    other = await desk.sends(notice(provider_name="Ada Aspen", contact=None, community=None, contact_is_own=None))
    assert [(each.status, each.words) for each in (again, other)] == [(202, first.words)] * 2
    stored = await desk.rows() - before
    assert stored["notices"] == 3, "who it is about is looked at afterwards"
    assert stored["requests"] == 0
    async with desk.store.work() as work:
        assert await work.partner_people.get(desk.person.id) == desk.person, "nobody else's count"
    for secret in (NAME, REACH, PLACE, SECRET, desk.key.id.hex):
        assert secret not in log.getvalue()


@pytest.mark.req("I5")
async def test_what_is_refused_is_always_refused_in_the_same_words_and_leaves_nothing(desk: Desk) -> None:
    body = json.dumps(notice()).encode()
    ended, shut = await _other_keys(desk)
    before, good, sent = await desk.rows(), desk.signed(body), [*scheme.HEADERS]
    old = str(int(desk.clock.now().timestamp()) - 301)
    wrong: dict[str, dict[str, str]] = {
        "nothing signed": {},
        **{f"no {name}": {each: value for each, value in good.items() if each != name} for name in sent},
        "another secret": desk.signed(body, secret="another-secret-of-nobody"),
        "another body": desk.signed(body + b" "),
        "too old": desk.signed(body, timestamp=old),
        "no such key": desk.signed(body, key=uuid4()),
        "an ended key": desk.signed(body, key=ended.id),
        "a key of a programme that is not here": desk.signed(body, key=shut.id),
        "not of the form": good | {scheme.SIGNATURE: good[scheme.SIGNATURE].upper()},
    }
    answers = {name: await desk.posts(body, headers) for name, headers in wrong.items()}
    assert {(each.status, each.words) for each in answers.values()} == {(401, '{"error": "refused"}')}
    assert await desk.rows() == before
    assert (await desk.posts(body, good)).status == 202, "and the good one among them is taken"


async def _other_keys(desk: Desk) -> tuple[PartnerKey, PartnerKey]:
    ended = PartnerKey(uuid4(), PROGRAMME.id, "coordinators", desk.clock.now())
    shut = PartnerKey(uuid4(), "elsewhere", "coordinators", desk.clock.now())
    async with desk.store.work() as work:
        for key in (ended, shut):
            await work.partner_keys.add(key, SECRET.encode())
        await work.partner_keys.end(ended.id, desk.clock.now())
    return ended, shut


@pytest.mark.req("I5")
async def test_the_same_bytes_are_taken_once_and_twice_the_same_header_never(desk: Desk) -> None:
    body = json.dumps(notice()).encode()
    headers = desk.signed(body)
    assert (await desk.posts(body, headers)).status == 202
    before = await desk.rows()
    for _ in range(2):
        assert ((await desk.posts(body, headers)).status, await desk.rows()) == (401, before)
    signed = desk.signed(body)
    doubled = [*signed.items(), (scheme.SIGNATURE, signed[scheme.SIGNATURE])]
    url = desk.site.url + "/notices"
    every = [("Content-Type", "application/json"), *doubled]
    async with desk.site.session.post(url, data=body, headers=every) as answer:
        assert answer.status == 401
    assert await desk.rows() == before


@pytest.mark.req("I5")
async def test_one_key_takes_over_from_another(desk: Desk) -> None:
    new = PartnerKey(uuid4(), PROGRAMME.id, "coordinators", desk.clock.now())
    async with desk.store.work() as work:
        await work.partner_keys.add(new, b"the-new-secret")
    assert (await desk.sends()).status == 202
    assert (await desk.sends(key=new.id, secret="the-new-secret")).status == 202
    async with desk.store.work() as work:
        await work.partner_keys.end(desk.key.id, desk.clock.now())
    assert (await desk.sends()).status == 401
    assert (await desk.sends(key=new.id, secret="the-new-secret")).status == 202


FAULTY: dict[str, tuple[object, list[dict[str, str]]]] = {
    "no name": (notice(provider_name=None), [{"field": "provider_name", "fault": "missing"}]),
    "a blank name": (notice(provider_name="  "), [{"field": "provider_name", "fault": "missing"}]),
    "no profession": (notice(profession="astronaut"), [{"field": "profession", "fault": "unknown"}]),
    "no tick": (notice(criteria=[]), [{"field": "criteria", "fault": "wrong_form"}]),
    "another tick": (notice(criteria=["thunder"]), [{"field": "criteria", "fault": "unknown"}]),
    "no way to reach them": (notice(contact="ask at the desk"), [{"field": "contact", "fault": "not_a_contact"}]),
    "too long": (notice(community="x" * 121), [{"field": "community", "fault": "too_long"}]),
    "a number for a name": (notice(provider_name=7), [{"field": "provider_name", "fault": "wrong_form"}]),
    "half a character": (notice(provider_name="\ud800"), [{"field": "body", "fault": "wrong_form"}]),
    "a character no database keeps": (notice(community="a\x00b"), [{"field": "community", "fault": "wrong_form"}]),
    "a field of their own": (notice(patient="somebody"), [{"field": "body", "fault": "wrong_form"}]),
    "a list": ([], [{"field": "body", "fault": "wrong_form"}]),
    "no JSON": (b"{", [{"field": "body", "fault": "wrong_form"}]),
    "no text": (b"\xff\xfe", [{"field": "body", "fault": "wrong_form"}]),
    "a deep list": (b"[" * 16_000, [{"field": "body", "fault": "wrong_form"}]),
}


@pytest.mark.req("I5", "U36")
async def test_what_cannot_be_taken_is_named_by_its_field_and_leaves_nothing(desk: Desk) -> None:
    before = await desk.rows()
    for name, (content, faults) in FAULTY.items():
        answer = await desk.sends(content)
        told: dict[str, Any] = json.loads(answer.words)
        assert (answer.status, told["faults"]) == (422, faults), name
        assert set(told) == {"error", "faults", "reminder"}
        desk.clock.move(seconds=5)
    assert await desk.rows() == before


PATIENTS = [
    notice(provider_name="Fern Dell, patient born 1948-03-12"),
    notice(community="the 93 year old patient of bed 4"),
    notice(contact="604-555-0142 MRN 0012345", contact_is_own=False),
]


@pytest.mark.req("U36")
@pytest.mark.parametrize("content", PATIENTS)
async def test_patient_detail_is_refused_with_a_reminder_and_kept_nowhere(
    desk: Desk, log: io.StringIO, content: dict[str, Any]
) -> None:
    before = await desk.rows()
    answer = await desk.sends(content)
    told = json.loads(answer.words)
    assert (answer.status, [each["fault"] for each in told["faults"]]) == (422, ["patient_detail"])
    assert "nothing of a patient" in told["reminder"]
    assert await desk.rows() == before
    for word in ("1948", "93", "0012345", "Fern"):
        assert word not in answer.words
        assert word not in log.getvalue()


@pytest.mark.req("I5", "I17")
async def test_what_is_kept_is_what_was_sent_and_by_whom(desk: Desk) -> None:
    assert (await desk.sends()).status == 202
    (told,) = await desk.told()
    assert (told.form.name, told.form.reach, told.form.reach_is_own) == (NAME, REACH, True)
    assert (told.notifier.partner, told.notifier.channel, told.notifier.person) == (
        "coordinators",
        "endpoint",
        desk.key.id,
    )
    assert told.form.noticed_at is None, "the clock starts when it came in"
    assert (told.form.tells_who, told.form.teller) == (False, "")


@pytest.mark.req("I5", "I13")
async def test_a_system_names_who_let_it_know_only_by_a_field_of_its_own(desk: Desk) -> None:
    assert (await desk.sends(notice(notifier_name=f" {WHO} "))).status == 202
    (told,) = await desk.told()
    async with desk.store.work() as work:
        assert await notifier_named(work, told) == WHO
    before = await desk.rows()
    for words, fault in (("the patient of bed 4", "patient_detail"), ("x" * 121, "too_long"), (7, "wrong_form")):
        desk.clock.move(seconds=5)
        answer = await desk.sends(notice(notifier_name=words))
        assert (answer.status, json.loads(answer.words)["faults"]) == (
            422,
            [{"field": "notifier_name", "fault": fault}],
        )
    assert await desk.rows() == before


async def test_the_document_is_served_and_nothing_else_is_there(desk: Desk) -> None:
    document = await desk.site.get("/notices/openapi.json")
    assert (document.status, json.loads(document.words)["openapi"]) == (200, "3.1.0")
    described = json.loads(document.words)["components"]["schemas"]["Notice"]
    assert described["additionalProperties"] is False
    assert set(described["properties"]) == {*notice(), "notifier_name"}
    assert set(described["required"]) == {"provider_name", "profession", "criteria"}
    for path, method, status in (
        ("/notices", "GET", 404),
        ("/notices/openapi.json", "POST", 404),
        ("/notices/1", "POST", 404),
        ("/notices", "PUT", 405),
        ("/notices", "DELETE", 405),
    ):
        if method == "POST":
            answer = await desk.site.post(path, body=b"{}", Content_Type="application/json")
        else:
            answer = await desk.site.get(path, method)
        assert answer.status == status, path
        assert answer.headers["Content-Type"].startswith("application/json")
    assert (await desk.site.post("/notices", {"a": "b"})).status == 415
    assert (await desk.posts(b"x" * 20_000, desk.signed(b"x" * 20_000))).status == 413


@pytest.mark.threat("T66")
async def test_an_hour_of_one_key_is_full_while_another_goes_on(desk: Desk) -> None:
    other = PartnerKey(uuid4(), PROGRAMME.id, "dispatch", desk.clock.now())
    async with desk.store.work() as work:
        await work.partner_keys.add(other, b"the-other-secret")

    async def one(**how: Any) -> int:
        desk.clock.move(seconds=4)
        return (await desk.sends(**how)).status

    assert [await one() for _ in range(QUOTA)] == [202] * QUOTA
    before = await desk.rows()
    full = await desk.sends()
    assert (full.status, full.words) == (429, '{"error": "slow_down"}')
    assert int(full.headers["Retry-After"]) <= HOUR.total_seconds()
    assert [await one() for _ in range(4)] == [429] * 4
    said = await desk.rows() - before
    assert said == {"outbox": 1}, "one line for the administrators, however often it is refused, and nothing else"
    assert await one(key=other.id, secret="the-other-secret") == 202
    desk.clock.move(seconds=HOUR.total_seconds())
    assert await one() == 202
