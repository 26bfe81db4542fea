"""GISE_DESK__REQUIRE_ROLE: membership alone gives no right."""

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from tests.journeys.agents_desk import heard, opened_ticket, toast, told


@pytest.fixture
def limits() -> bool:
    return False


@pytest.fixture
def extra() -> dict[str, str]:
    return {"GISE_DESK__REQUIRE_ROLE": "true"}


async def test_a_member_without_a_role_may_nothing_until_an_admin_says_so(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    for typed in ("Rolsüz söz", "/help", "/take"):
        await told(world, desk, desk.writes(ELIF.user_id, typed), "yetkiniz yok")
    assert "yetkiniz yok" in await toast(world, desk.presses(ELIF.user_id, "Üstlen"))
    await told(world, desk, desk.writes(DENIZ.user_id, "/role @elif agent"), "Elif: temsilci")
    desk.writes(ELIF.user_id, "Artık yazabiliyorum")
    await ayse.hears("Artık yazabiliyorum")
    assert "Rolsüz" not in heard(ayse)
