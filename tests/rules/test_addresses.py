"""People outside Slack: by their own phone or e-mail they are one person, however it is written."""

from uuid import UUID

import pytest

from peersupport.addresses import Address, outside, own_reach


@pytest.mark.parametrize("written", ["604 555-0199", "+1 (604) 555-0199", "1.604.555.0199", " 6045550199 "])
def test_one_number_is_one_person(written: str) -> None:
    assert own_reach(written) == own_reach("6045550199")


def test_one_mailbox_is_one_person() -> None:
    assert own_reach("Avery.Moss@Clinic.example") == own_reach(" avery.moss@clinic.example ")


@pytest.mark.parametrize("written", ["", "ask at the desk", "555-0199", "604 555-0199 ext. 3", "a@b", "1" * 16])
def test_what_is_neither_a_number_nor_a_mailbox_is_nobody(written: str) -> None:
    assert own_reach(written) is None


def test_only_members_of_a_workspace_are_on_slack() -> None:
    elsewhere = [own_reach("6045550199"), own_reach("a@b.example"), outside(UUID(int=1))]
    assert [each is not None and each.on_slack for each in elsewhere] == [False, False, False]
    assert Address("T1", "U1").on_slack
    assert outside(UUID(int=1)) != outside(UUID(int=2))
