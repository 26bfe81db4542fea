"""Roles and presence: who leaves loses every right, and every privileged act is on record."""

from pathlib import Path

import pytest

from bot import inbox
from bot.domain.people import Role
from bot.domain.ticket import Status
from store import audit, desk
from tests.builders import ADMIN_ID, GROUP, House, house
from tests.senders import LEAD, SENDERS, body, prepared, sends, user


async def test_who_leaves_loses_every_right_and_who_comes_back_has_the_old_role(strict_house: House) -> None:
    ticket = await prepared(strict_house)
    chat = {"chat": {"id": int(GROUP), "type": "supergroup"}, "from": user(LEAD), "date": 1_780_000_000}

    async def membership(before: str, after: str) -> None:
        change = {"old_chat_member": {"user": user(LEAD), "status": before}}
        change |= {"new_chat_member": {"user": user(LEAD), "status": after}}
        await sends(strict_house, {"chat_member": {**chat, **change}})

    await membership("member", "left")
    await sends(strict_house, SENDERS["lead"](await body(strict_house, "/close bitti", ticket)))
    assert (await strict_house.again(ticket)).live
    await membership("left", "member")
    await sends(strict_house, SENDERS["lead"](await body(strict_house, "/close bitti", ticket)))
    assert (await strict_house.again(ticket)).status is Status.CLOSED


async def test_a_setting_demands_a_role_of_members_too(database: Path) -> None:
    strict = house(database, require_role=True)
    ticket = await strict.opened()
    assert await strict.agent("Merhaba", ticket) is inbox.Outcome.REFUSED
    await desk.set_role(900_001, Role.AGENT)
    assert await strict.agent("Merhaba", ticket) is inbox.Outcome.DONE


async def test_every_privileged_act_has_exactly_one_audit_row(strict_house: House) -> None:
    ticket = await prepared(strict_house)
    lines = ["/role @vekil lead", "/role @vekil none", "/role @vekil owner", "/close telefonda çözüldü"]
    for line in lines:
        await sends(strict_house, SENDERS["admin"](await body(strict_house, line, ticket)))
    found = [(row.actor_id, row.action, row.ticket_id, row.old, row.new) for row in await audit.latest(10)]
    assert found[::-1] == [
        (ADMIN_ID, "role", None, "none", "lead"),
        (ADMIN_ID, "role", None, "lead", "none"),
        (ADMIN_ID, "role", None, "none", "owner"),
        (ADMIN_ID, "close", ticket.id, "new", "by_lead"),
    ]


@pytest.mark.parametrize(
    "line", ["/role", "/role @vekil", "/role @vekil king", "/role @kimse lead", f"/role {ADMIN_ID} agent", "/close"]
)
async def test_what_was_refused_or_only_looked_at_is_not_audited(strict_house: House, line: str) -> None:
    ticket = await prepared(strict_house)
    await sends(strict_house, SENDERS["admin"](await body(strict_house, "Buradayım", None)))
    await sends(strict_house, SENDERS["admin"](await body(strict_house, line, ticket)))
    assert await audit.latest(10) == []
    assert (await strict_house.again(ticket)).live
