"""The door in, seen from Telegram: the offset, the webhook, strangers' groups, and updates that make no sense."""

import socket
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.sandbox.page.cast import DENIZ, ELIF, ZEYNEP
from adapters.sandbox.players import Phone, topic, topics
from adapters.sandbox.world import World
from bot.domain.ticket import ActorKind
from config.app import App, opened
from config.settings import Settings, load_settings
from store import messages, tickets
from store.sql import rows

pytestmark = pytest.mark.both_databases

NUMBER = "#2026-000001"
SECRET = "X-Telegram-Bot-Api-Secret-Token"
STRANGERS = -1002000000002


async def said_in(number: str) -> list[str]:
    """What the requester said, as the ticket's ledger has it."""
    ticket = await tickets.by_number(number)
    assert ticket is not None
    found = await messages.of_ticket(ticket.id)
    return [one.content.text for one in found if one.author is ActorKind.REQUESTER]


async def general_says(world: World, *fragments: str) -> None:
    """Wait until the group's General shows a post with all fragments."""

    def found() -> bool:
        posts = [message.get("text", "") for message in world.telegram.messages(world.telegram.group_id, 1)]
        return any(all(fragment in post for fragment in fragments) for post in posts)

    await world.changes.wait_for(found, 10.0, what=f"General to say {fragments}")


async def test_what_was_said_between_two_starts_arrives_exactly_once(world: World, settings: Settings) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(settings):
        zeynep.says("Birinci")
        await zeynep.hears(NUMBER)
    zeynep.says("İkinci")
    zeynep.says("Üçüncü")
    async with opened(settings):
        desk = await topic(world, NUMBER)
        await desk.shows("Üçüncü")
    async with opened(settings):
        zeynep.says("Dördüncü")
        await (await topic(world, NUMBER)).shows("Dördüncü")
        assert await said_in(NUMBER) == ["Birinci", "İkinci", "Üçüncü", "Dördüncü"]
    assert len(topics(world)) == 1


async def test_updates_that_telegram_hands_out_again_count_once(world: World, app: App, zeynep: Phone) -> None:
    update = {"message": world.telegram.say(int(ZEYNEP.address), "Bir kez")}
    await zeynep.hears(NUMBER)
    world.telegram.queue_update(update)
    zeynep.says("Sonra bu")
    await (await topic(world, NUMBER)).shows("Sonra bu")
    assert await said_in(NUMBER) == ["Bir kez", "Sonra bu"]


async def test_nothing_is_heard_from_groups_of_strangers(world: World, app: App, zeynep: Phone) -> None:
    world.telegram.add_group(STRANGERS, "Başka bir grup", forum=True, bot_status="administrator")
    for member in (ELIF.user_id, int(ZEYNEP.address)):
        world.telegram.join_group(member, chat_id=STRANGERS)
        world.telegram.say(member, "Yazıcı bozuk", chat_id=STRANGERS)
        world.telegram.say(member, "/tickets", chat_id=STRANGERS)
    zeynep.says("Asıl talebim")
    await zeynep.hears(NUMBER)
    assert await said_in(NUMBER) == ["Asıl talebim"]
    assert not [call for call in world.telegram.calls if str(STRANGERS) == str(call.params.get("chat_id"))]


NONSENSE: tuple[dict[str, object], ...] = (
    {"message": [1, 2]},
    {"message": {"chat": {"id": "metin"}}},
    {"callback_query": 7},
    {},
)


async def test_what_makes_no_sense_is_kept_and_told_and_holds_nobody_up(world: World, app: App, zeynep: Phone) -> None:
    for update in NONSENSE:
        world.telegram.queue_update(dict(update))
    zeynep.says("Bana bakın")
    await zeynep.hears(NUMBER)
    for item in range(1, 1 + len(NONSENSE)):
        await general_says(world, "telegram", "okunamadı", f"kayıt {item}")
    parked = await rows("SELECT error FROM inbox WHERE state = 'parked'")
    assert len(parked) == len(NONSENSE)
    assert all(row["error"].startswith("unparsable") for row in parked)
    await world.changes.wait_for(lambda: not world.telegram.unconfirmed, what="the offset to move on")


@pytest.fixture
def hooked(world: World, tmp_path: Path) -> Settings:
    """Settings of the webhook mode on a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "GISE_DATA_DIR": str(tmp_path / "data"),
        "GISE_HTTP__PORT": str(port),
        "GISE_TELEGRAM__MODE": "webhook",
        "GISE_TELEGRAM__WEBHOOK_SECRET": "deneme-sozcugu",
        "GISE_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks/telegram",
    }
    return load_settings(world.environment() | own, None)


async def test_the_webhook_carries_a_whole_conversation(world: World, hooked: Settings) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(hooked):
        zeynep.says("Webhook ile geldim")
        await zeynep.hears(NUMBER)
        (await topic(world, NUMBER)).writes(ELIF.user_id, "Hoş geldiniz")
        await zeynep.hears("Hoş geldiniz")
    assert not [call for call in world.telegram.calls if call.method == "getUpdates"]


async def test_the_webhook_brings_what_was_said_while_gise_was_down(world: World, hooked: Settings) -> None:
    zeynep = Phone(world, ZEYNEP.key)
    async with opened(hooked):
        zeynep.says("Birinci")
        await zeynep.hears(NUMBER)
    zeynep.says("İkinci")
    async with opened(hooked):
        await (await topic(world, NUMBER)).shows("İkinci")
        assert await said_in(NUMBER) == ["Birinci", "İkinci"]


@pytest.mark.parametrize("given", [None, "", "deneme-sozcug", "deneme-sözcüğü"])
async def test_an_update_without_the_secret_is_not_ours(world: World, hooked: Settings, given: str | None) -> None:
    headers = {} if given is None else {SECRET: given}
    update = {"update_id": 5, "message": {"message_id": 1, "chat": {"id": 1, "type": "private"}, "text": "Sahte"}}
    async with opened(hooked) as app, ClientSession() as http:
        where = f"http://127.0.0.1:{app.port}/webhooks/telegram"
        async with http.post(where, json=update, headers=headers) as answer:
            assert answer.status == 401
        assert await rows("SELECT id FROM inbox") == []


async def test_nonsense_at_the_webhook_is_taken_and_kept(world: World, hooked: Settings) -> None:
    async with opened(hooked) as app, ClientSession() as http:
        where = f"http://127.0.0.1:{app.port}/webhooks/telegram"
        for body in (b"{", b"[]", b"", b'{"update_id": 1, "message": 5}', b"\xff\xfe"):
            async with http.post(where, data=body, headers={SECRET: "deneme-sozcugu"}) as answer:
                assert answer.status == 200
        await general_says(world, "telegram", "okunamadı")
        Phone(world, ZEYNEP.key).says("Ben buradayım")
        await Phone(world, ZEYNEP.key).hears(NUMBER)
        world.act({"do": "say", "who": f"telegram:{DENIZ.user_id}", "place": "desk", "text": "/tickets"})
        await general_says(world, NUMBER)
