"""The channel and the desk, driven through the real client against the sandbox's Bot API server."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.loose_json import dumps
from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import error, html_502
from adapters.sandbox.telegram import TelegramServer
from adapters.telegram.capabilities import CAPABILITIES
from adapters.telegram.channel import TelegramChannel
from adapters.telegram.content import content
from adapters.telegram.menus import Menu
from bot.domain.errors import Missing, Reach, SendError
from bot.domain.message import Attachment, ContactCard, Ignored, Kind, Location, Said
from bot.domain.outgoing import Address, Button, LocalFile, Part
from bot.ports import Desk

AYSE, GROUP = 700001, -1001000000001
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\0" * 64
CUSTOMER = Address(chat=str(AYSE))


@dataclass
class Town:
    server: TelegramServer
    channel: TelegramChannel

    def last(self, chat: int = AYSE) -> dict[str, Any]:
        return self.server.messages(chat)[-1]

    def number_of_calls(self, method: str) -> int:
        return sum(call.method == method for call in self.server.calls)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    server = TelegramServer(SandboxClock(tmp_path / "offset"), Changes())
    server.add_user(AYSE, "Ayşe", language_code="tr")
    server.say(AYSE, "Merhaba")
    await server.start()
    channel = TelegramChannel(server.token, now=lambda: 0, groups=[str(GROUP)], api_base=server.base_url)
    yield Town(server, channel)
    await channel.close()
    await server.stop()


def on_disk(folder: Path, kind: Kind, data: bytes = PNG, name: str = "ekran.png", mime: str = "image/png") -> LocalFile:
    path = folder / f"stored-{kind.value}-{name}"
    path.write_bytes(data)
    return LocalFile(kind=kind, name=name, mime=mime, path=path)


async def test_text_arrives_as_it_was_written_with_buttons_and_without_preview(town: Town) -> None:
    part = Part(text="<b>Tür?</b> https://example.org", rows=((Button(title="Arıza", token="k.1"),),))
    external_id = await town.channel.send(CUSTOMER, part)
    sent = town.last()
    assert external_id == f"{AYSE}:{sent['message_id']}"
    assert sent["text"] == "<b>Tür?</b> https://example.org"
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "Arıza", "callback_data": "k.1"}]]}
    assert "is_disabled" in str(town.server.calls[-1].params["link_preview_options"])


async def test_a_reply_quotes_and_goes_out_even_when_the_quoted_message_is_gone(town: Town) -> None:
    first = await town.channel.send(CUSTOMER, Part(text="bir"))
    await town.channel.send(CUSTOMER, Part(text="iki"), reply_to=first)
    assert town.last()["reply_to_message"]["message_id"] == int(first.split(":")[1])
    await town.channel.send(CUSTOMER, Part(text="üç"), reply_to=f"{AYSE}:9999")
    assert "reply_to_message" not in town.last()


async def test_every_kind_of_file_is_uploaded_and_understood_as_that_kind(town: Town, tmp_path: Path) -> None:
    for kind in CAPABILITIES.media:
        part = Part(text="açıklama" if kind in CAPABILITIES.captions_on else "")
        await town.channel.send(CUSTOMER, part, file=on_disk(tmp_path, kind))
        sent = content(town.last())
        assert (sent.kind, sent.text) == (kind, part.text)


async def test_a_file_telegram_knows_is_sent_again_by_its_id(town: Town, tmp_path: Path) -> None:
    await town.channel.send(CUSTOMER, Part(text="belge"), file=on_disk(tmp_path, Kind.DOCUMENT))
    file_id = town.last()["document"]["file_id"]
    again = LocalFile(kind=Kind.DOCUMENT, name="", mime="", ref=file_id)
    await town.channel.send(CUSTOMER, Part(text="yine"), file=again)
    assert (town.last()["document"]["file_id"], town.last()["caption"]) == (file_id, "yine")


async def test_an_album_is_one_post_with_the_words_under_its_first_item(town: Town, tmp_path: Path) -> None:
    files = [on_disk(tmp_path, Kind.PHOTO, name=f"{n}.png") for n in range(3)]
    ids = await town.channel.send_album(CUSTOMER, "üç fotoğraf", files)
    sent = town.server.messages(AYSE)[-3:]
    assert ids == [f"{AYSE}:{message['message_id']}" for message in sent]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message.get("caption") for message in sent] == ["üç fotoğraf", None, None]


async def test_a_mixed_album_travels_as_documents(town: Town, tmp_path: Path) -> None:
    files = [on_disk(tmp_path, Kind.PHOTO), on_disk(tmp_path, Kind.DOCUMENT, name="not.txt")]
    await town.channel.send_album(CUSTOMER, "", files)
    assert all("document" in message for message in town.server.messages(AYSE)[-2:])


async def test_places_and_contacts_arrive_as_such(town: Town) -> None:
    place = Location(latitude=0.0, longitude=28.97, title="Örnek Kule")
    await town.channel.send(CUSTOMER, Part(location=place))
    assert town.last()["venue"]["title"] == "Örnek Kule"
    await town.channel.send(CUSTOMER, Part(location=Location(latitude=41.0, longitude=0.0)))
    assert town.last()["location"]["latitude"] == 41.0
    card = ContactCard(name="Deniz Deneme", phones=("+905550000001", "+905550000002"))
    await town.channel.send(CUSTOMER, Part(contacts=(card,)))
    assert "+905550000002" in town.last()["contact"]["vcard"]
    await town.channel.send(CUSTOMER, Part(contacts=(card, ContactCard(name="Numarasız"))))
    assert town.last()["text"] == "Deniz Deneme +905550000001 +905550000002\nNumarasız"


async def test_an_edit_changes_text_caption_or_buttons_and_changing_nothing_is_fine(town: Town, tmp_path: Path) -> None:
    row = ((Button(title="Tamam", token="ok"),),)
    text_id = await town.channel.send(CUSTOMER, Part(text="önce", rows=row))
    for _ in range(2):
        await town.channel.edit(CUSTOMER, text_id, Part(text="sonra"))
    assert (town.last()["text"], town.last().get("reply_markup")) == ("sonra", None)
    photo = Attachment(kind=Kind.PHOTO, ref="x")
    photo_id = await town.channel.send(CUSTOMER, Part(text="önce"), file=on_disk(tmp_path, Kind.PHOTO))
    await town.channel.edit(CUSTOMER, photo_id, Part(text="sonra", attachment=photo))
    assert town.last()["caption"] == "sonra"
    await town.channel.edit(CUSTOMER, photo_id, Part(rows=row))
    assert town.last()["reply_markup"]["inline_keyboard"][0][0]["text"] == "Tamam"
    with pytest.raises(SendError) as gone:
        await town.channel.edit(CUSTOMER, f"{AYSE}:9999", Part(text="x"))
    assert gone.value.missing is Missing.MESSAGE


async def test_a_reaction_is_set_and_taken_back_and_an_unlisted_one_makes_no_call(town: Town) -> None:
    message = f"{AYSE}:{town.last()['message_id']}"
    await town.channel.react(CUSTOMER, message, "❤️")
    assert town.last()["reactions"]
    await town.channel.react(CUSTOMER, message, "✅")
    assert town.number_of_calls("setMessageReaction") == 1
    await town.channel.react(CUSTOMER, message, "")
    assert not town.last().get("reactions")


async def test_a_press_is_answered_and_a_stale_one_is_let_go(town: Town) -> None:
    await town.channel.send(CUSTOMER, Part(text="Tür?", rows=((Button(title="Arıza", token="k.1"),),)))
    press_id = town.server.press(AYSE, AYSE, int(town.last()["message_id"]), title="Arıza")
    await town.channel.answer_press(press_id, "ç" * 300)
    assert town.server.answers()[press_id]["text"] == "ç" * 200
    await town.channel.answer_press("1", "geç")
    await town.channel.answer_press("", "cevap gerekmez")
    assert town.number_of_calls("answerCallbackQuery") == 2


async def test_a_topic_is_opened_used_and_renamed(town: Town) -> None:
    desk: Desk = town.channel
    thread = await desk.open_topic(desk.group, "🟢 #2026-000001 Ayşe")
    await desk.send(Address(chat=desk.group, thread=thread), Part(text="kart"))
    await desk.send(Address(chat=desk.group, thread="1"), Part(text="genel"))
    assert [message["text"] for message in town.server.messages(GROUP, int(thread)) if "text" in message] == ["kart"]
    for _ in range(2):
        await desk.rename_topic(desk.group, thread, "⚪ #2026-000001 Ayşe" + "x" * 200)
    assert [len(topic["name"]) for topic in town.server.topics()] == [128]
    with pytest.raises(SendError) as gone:
        await desk.send(Address(chat=desk.group, thread="4711"), Part(text="x"))
    assert gone.value.missing is Missing.THREAD


async def test_a_file_is_fetched_under_our_own_name_digested_and_sniffed(town: Town, tmp_path: Path) -> None:
    data = PNG + b"x" * 600_000
    sent = town.server.send_file(AYSE, "document", data, name="../../etc/kotu.exe", mime="application/x-msdownload")
    attachment = content(sent).attachment
    assert attachment is not None
    found = await town.channel.fetch(attachment, tmp_path, 2**20)
    assert (found.path.parent, "kotu" in found.path.name) == (tmp_path, False)
    assert (found.path.read_bytes(), found.size) == (data, len(data))
    assert (found.sha256, found.mime) == (hashlib.sha256(data).hexdigest(), "image/png")


async def test_a_file_over_the_limit_is_refused_and_leaves_nothing(town: Town, tmp_path: Path) -> None:
    file = content(town.server.send_file(AYSE, "document", PNG + b"x" * 5000)).attachment
    assert file is not None
    folder = tmp_path / "files"
    folder.mkdir()
    with pytest.raises(SendError, match="send-error-too-large"):
        await town.channel.fetch(file, folder, 1000)
    with pytest.raises(SendError, match="send-error-media-gone"):
        await town.channel.fetch(Attachment(kind=Kind.DOCUMENT, ref="unknown"), folder, 1000)
    assert list(folder.iterdir()) == []


async def test_the_doctor_sees_account_webhook_and_groups(town: Town) -> None:
    found = await town.channel.inspect()
    assert (found.bot_id, found.username, found.webhook_url) == (4242, "gise_sandbox_bot", "")
    assert found.reads_all_messages
    group = found.groups[0]
    assert (group.is_forum, group.our_status, group.can_manage_topics) == (True, "administrator", True)
    town.server.set_bot_status("kicked", by=AYSE)
    assert "kicked" in (await town.channel.inspect()).groups[0].problem


async def test_the_doctor_goes_on_when_one_question_is_refused_but_not_without_answers(town: Town) -> None:
    missing = {"ok": False, "error_code": 404, "description": "Not Found"}
    town.server.faults.add("getWebhookInfo", error(404, missing))
    found = await town.channel.inspect()
    assert (found.webhook_url, found.groups[0].is_forum) == ("", True)
    town.server.faults.add("getChat", html_502())
    with pytest.raises(SendError, match="send-error-vendor"):
        await town.channel.inspect()


async def test_a_wrong_token_is_the_whole_channels_trouble(town: Town) -> None:
    stranger = TelegramChannel("4242:WRONG", now=lambda: 0, api_base=town.server.base_url)
    with pytest.raises(SendError) as refused:
        await stranger.inspect()
    await stranger.close()
    assert (refused.value.key, refused.value.reach) == ("send-error-auth", Reach.CHANNEL)


async def test_menus_are_stored_per_audience_and_language(town: Town) -> None:
    customers = Menu(audience="customers", language="tr", commands=[("new", "Yeni talep")])
    agents = Menu(audience="agents", language="", commands=[("take", "Take the ticket")])
    await town.channel.set_commands([customers, agents])
    scopes = [call.params for call in town.server.calls if call.method == "setMyCommands"]
    assert [scope.get("language_code") for scope in scopes] == ["tr", None]
    assert ["all_private_chats" in str(scopes[0]), str(GROUP) in str(scopes[1])] == [True, True]


async def test_another_bots_commands_are_told_apart_once_our_name_is_known(town: Town) -> None:
    message = {"message_id": 1, "date": 1, "from": {"id": 7}, "chat": {"id": GROUP}, "text": "/a@x_bot"}
    raw = dumps({"update_id": 1, "message": message})
    assert isinstance(town.channel.parse(raw), Said)
    assert await town.channel.learn_username() == "gise_sandbox_bot"
    assert isinstance(town.channel.parse(raw), Ignored)


async def test_the_webhook_is_set_with_every_kind_of_update_we_read_and_taken_away_again(town: Town) -> None:
    await town.channel.use_webhook("https://help.example.org/webhooks/telegram", "s3cret")
    assert (await town.channel.inspect()).webhook_url == "https://help.example.org/webhooks/telegram"
    assert "message_reaction" in str(town.server.calls[0].params["allowed_updates"])
    await town.channel.use_polling()
    assert (await town.channel.inspect()).webhook_url == ""


async def test_a_moved_group_takes_new_tickets_under_its_new_id(town: Town) -> None:
    town.channel.move_group(str(GROUP), "-1002")
    assert town.channel.group == "-1002"


async def test_other_bots_speak_in_the_group_with_a_voice_of_their_own(town: Town) -> None:
    helper = town.server.add_bot("43:HELPER")
    crowd = TelegramChannel(
        town.server.token, now=lambda: 0, groups=[str(GROUP)], helpers=["43:HELPER"], api_base=town.server.base_url
    )
    assert list(crowd.accounts) == [0, helper]
    where = Address(chat=str(GROUP))
    external_id = await crowd.voice(helper).send(where, Part(text="önce"))
    posted = town.server.messages(GROUP)[-1]
    assert (external_id, posted["from"]["id"]) == (f"{GROUP}:{posted['message_id']}", helper)
    with pytest.raises(SendError):
        await crowd.voice(0).edit(where, external_id, Part(text="sonra"))
    await crowd.voice(helper).edit(where, external_id, Part(text="sonra"))
    assert town.server.messages(GROUP)[-1]["text"] == "sonra"
    await crowd.close()


async def test_a_topic_that_is_shut_to_a_helper_is_opened_again_for_it(town: Town) -> None:
    helper = town.server.add_bot("43:HELPER")
    crowd = TelegramChannel(
        town.server.token, now=lambda: 0, groups=[str(GROUP)], helpers=["43:HELPER"], api_base=town.server.base_url
    )
    where = Address(chat=str(GROUP), thread=await crowd.open_topic(str(GROUP), "Ayşe"))
    town.server.close_topic(AYSE, int(where.thread or ""))
    with pytest.raises(SendError) as closed:
        await crowd.voice(helper).send(where, Part(text="kapalı"))
    assert (closed.value.missing, closed.value.certain) == (Missing.OPEN_THREAD, True)
    for _ in range(2):
        await crowd.reopen_topic(where.chat, where.thread or "")
    await crowd.voice(helper).send(where, Part(text="açık"))
    assert town.server.messages(GROUP)[-1]["text"] == "açık"
    with pytest.raises(SendError) as gone:
        await crowd.reopen_topic(where.chat, "4711")
    assert gone.value.missing is Missing.THREAD
    await crowd.close()


async def test_forums_and_plain_groups_are_told_apart_and_stay_so_under_another_id(town: Town) -> None:
    plain, gone = -1001000000002, -1001000000003
    town.server.add_group(plain, "Düz")
    mixed = TelegramChannel(
        town.server.token,
        now=lambda: 0,
        groups=[str(GROUP), str(plain), str(gone)],
        teams={str(plain): "fatura"},
        api_base=town.server.base_url,
    )
    assert [group.team for group in mixed.groups] == ["", "fatura", ""]
    await mixed.inspect()
    assert [mixed.is_forum(group.chat) for group in mixed.groups] == [True, False, True]
    mixed.move_group(str(plain), "-1009")
    assert (mixed.is_forum("-1009"), mixed.groups[1].team) == (False, "fatura")
    await mixed.close()


async def test_a_group_that_turns_out_to_be_no_forum_is_a_plain_one(town: Town) -> None:
    plain = -1001000000002
    town.server.add_group(plain, "Düz", bot_status="administrator")
    with pytest.raises(SendError) as refused:
        await town.channel.open_topic(str(plain), "x")
    assert refused.value.missing is Missing.FORUM
    assert (town.channel.is_forum(str(plain)), town.channel.is_forum(str(GROUP))) == (False, True)


@pytest.mark.parametrize(
    ("chat", "thread", "link"),
    [
        ("-1001234567890", "17", "https://t.me/c/1234567890/17"),
        ("-1001234567890", "", ""),
        ("-4000000077", "17", ""),
    ],
)
def test_only_topics_of_supergroups_have_links(chat: str, thread: str, link: str) -> None:
    assert TelegramChannel("42:X", now=lambda: 0).link(chat, thread) == link
