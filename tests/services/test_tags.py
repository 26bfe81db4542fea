"""Tags: added, listed, removed, seen on the card and in the history."""

import pytest

from bot.inbox import Outcome
from bot.services import tags
from store import tickets
from tests.builders import GROUP, House


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("/tag vip", ("vip",)),
        ("/tag +vip", ("vip",)),
        ("/tag #vip, Bekle", ("vip", "Bekle")),
        ("/etiket vip vip VIP", ("VIP",)),
    ],
)
async def test_tags_are_kept_once_each_whatever_signs_and_case(
    desk_house: House, line: str, kept: tuple[str, ...]
) -> None:
    ticket = await desk_house.opened()
    assert await desk_house.agent(line, ticket) is Outcome.DONE
    assert (await desk_house.again(ticket)).tags == kept


async def test_the_history_and_the_card_show_them_and_they_can_be_taken_away(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/tag vip bekle", ticket)
    await desk_house.agent("/untag VIP", ticket)
    await desk_house.agent("/tag", ticket)
    await desk_house.settles()
    assert f"🏷 {ticket.label}: #bekle" in desk_house.telegram.said(GROUP)
    assert [step.reason for step in await tickets.history(ticket.id)][-2:] == ["+vip +bekle", "-vip"]
    assert any("Etiketler: #bekle" in call.words for call in desk_house.telegram.calls if call.verb == "edit")


async def test_a_tag_that_is_there_is_no_change(desk_house: House) -> None:
    ticket = await desk_house.opened()
    for _ in range(2):
        await desk_house.agent("/tag vip", ticket)
    assert [step.reason for step in await tickets.history(ticket.id)].count("+vip") == 1


@pytest.mark.parametrize(
    "line", ["/tag +", "/untag", "/untag başka", f"/tag {' '.join(map(str, range(tags.MOST + 1)))}"]
)
async def test_what_cannot_be_done_is_refused(desk_house: House, line: str) -> None:
    ticket = await desk_house.opened()
    assert await desk_house.agent(line, ticket) is Outcome.REFUSED
    assert (await desk_house.again(ticket)).tags == ()


async def test_a_long_or_hidden_tag_is_cut_to_what_can_be_read(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent(f"/tag {'a' * 90}", ticket)
    [kept] = (await desk_house.again(ticket)).tags
    assert len(kept) <= tags.LONGEST
