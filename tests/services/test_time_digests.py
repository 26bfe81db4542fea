"""What comes due together after a downtime: wakes, ETAs and closings are one post in the group, not one each."""

from dataclasses import replace

import pytest

from bot.domain.ticket import Status, Ticket
from bot.services import happenings, upkeep
from tests.builders import AYSE, GROUP, House

DAY = 86_400.0
WAYS = {
    "/postpone 2d parça": "Erteleme bitti",
    "/dev can ABC-1 2d": "Tahmini tarih geldi",
    "/ask Model?": "yanıt gelmedi",
}


async def waiting(house: House, command: str, amount: int, first: int = 0) -> list[Ticket]:
    """Tickets of people who are numbered from `first` on."""
    found = []
    for number in range(first, first + amount):
        ticket = await house.opened(f"Konu {number}", replace(AYSE, keys=(f"phone:90000000{number:04d}",)))
        await house.settles()
        await house.agent(command, ticket)
        await house.settles()
        found.append(ticket)
    return found


async def told(house: House, words: str) -> list[str]:
    """The posts with these words once four days have gone by at once."""
    before = len(house.telegram.said(GROUP))
    house.clock.move(4 * DAY)
    await upkeep.sweep(house.helpdesk)
    await house.settles()
    return [post for post in house.telegram.said(GROUP)[before:] if words in post]


@pytest.mark.parametrize(("command", "words"), WAYS.items(), ids=["wake", "eta", "auto-close"])
async def test_many_are_one_digest(desk_house: House, command: str, words: str) -> None:
    found = await waiting(desk_house, command, happenings.SINGLY + 1)
    [digest] = await told(desk_house, words)
    assert digest.startswith(f"🗓 Zamanı geldi, {len(found)} talepte:")
    for ticket in found:
        [line] = [line for line in digest.splitlines() if line.startswith(f"{ticket.label} · ")]
        assert words in line
        assert line.endswith(f" · {ticket.subject}")


@pytest.mark.parametrize(("command", "words"), WAYS.items(), ids=["wake", "eta", "auto-close"])
async def test_a_few_are_told_in_their_own_topics(desk_house: House, command: str, words: str) -> None:
    await waiting(desk_house, command, happenings.SINGLY)
    posts = await told(desk_house, words)
    assert len(posts) == happenings.SINGLY
    assert not any("🗓" in post for post in posts)


async def test_what_says_nothing_does_not_make_others_a_digest(desk_house: House) -> None:
    for number in range(happenings.SINGLY + 1):
        await desk_house.customer("Merhaba", replace(AYSE, keys=(f"phone:90000001{number:04d}",)))
    await desk_house.settles()
    await waiting(desk_house, "/postpone 2d parça", 1)
    [post] = await told(desk_house, "Erteleme bitti")
    assert "🗓" not in post


async def test_different_things_at_once_share_a_digest(desk_house: House) -> None:
    awake = await waiting(desk_house, "/postpone 2d parça", 2)
    for ticket in awake:
        await desk_house.agent("/dev can ABC-1 2d", ticket)
    await waiting(desk_house, "/ask Model?", 2, first=2)
    [digest] = await told(desk_house, "🗓")
    assert digest.count("Tahmini tarih geldi") == digest.count("yanıt gelmedi") == 2
    assert (await desk_house.again(awake[0])).status is Status.IN_DEVELOPMENT
