"""The agents' forum: topics, what messages in them carry, and who may do what."""

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import ChatMemberAdministrator, ReplyParameters

from tests.adapters.sandbox.telegram.conftest import AYSE, DENIZ, GROUP, OpenSandbox, Sandbox


async def test_a_topic_opens_with_a_service_message_whose_id_it_bears(sandbox: Sandbox) -> None:
    topic = await sandbox.bot.create_forum_topic(GROUP, "🆕 #2026-000001 Ayşe", icon_color=0xFB6F5F)
    assert sandbox.server.topics() == [
        {
            "thread_id": topic.message_thread_id,
            "name": "🆕 #2026-000001 Ayşe",
            "icon_color": 0xFB6F5F,
            "icon_custom_emoji_id": "",
            "closed": False,
        }
    ]
    heard = (await sandbox.updates())[-1]["message"]
    assert heard["message_id"] == heard["message_thread_id"] == topic.message_thread_id
    assert (heard["from"]["id"], heard["forum_topic_created"]["name"]) == (sandbox.bot.id, topic.name)


async def test_a_message_in_a_topic_that_answers_nothing_points_at_its_creation(sandbox: Sandbox) -> None:
    topic = await sandbox.bot.create_forum_topic(GROUP, "Ayşe")
    thread_id = topic.message_thread_id
    card = await sandbox.bot.send_message(GROUP, "Kart", message_thread_id=thread_id)
    assert (card.is_topic_message, card.message_thread_id) == (True, thread_id)
    assert card.reply_to_message is not None
    assert card.reply_to_message.forum_topic_created is not None
    plain = sandbox.server.say(DENIZ, "Bakıyorum", chat_id=GROUP, thread_id=thread_id)
    assert plain["reply_to_message"]["message_id"] == thread_id
    answer = sandbox.server.say(DENIZ, "Buna", chat_id=GROUP, reply_to=card.message_id)
    assert (answer["message_thread_id"], answer["reply_to_message"]["text"]) == (thread_id, "Kart")
    assert [m.get("text") for m in sandbox.server.messages(GROUP, thread_id)] == [None, "Kart", "Bakıyorum", "Buna"]


async def test_general_has_no_thread_and_refuses_its_own_id(sandbox: Sandbox) -> None:
    said = sandbox.server.say(DENIZ, "Günaydın", chat_id=GROUP, thread_id=1)
    assert not said.keys() & {"is_topic_message", "message_thread_id", "reply_to_message"}
    answer = sandbox.server.say(DENIZ, "Herkese", chat_id=GROUP, reply_to=said["message_id"])
    assert answer["message_thread_id"] == said["message_id"]
    assert "is_topic_message" not in answer
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await sandbox.bot.send_message(GROUP, "Duyuru", message_thread_id=1)
    assert len(sandbox.server.messages(GROUP, 1)) == 2


async def test_a_topic_is_renamed_closed_reopened_and_deleted(sandbox: Sandbox) -> None:
    thread_id = (await sandbox.bot.create_forum_topic(GROUP, "Ayşe")).message_thread_id
    await sandbox.bot.edit_forum_topic(GROUP, thread_id, name="✅ Ayşe")
    await sandbox.bot.close_forum_topic(GROUP, thread_id)
    assert [(topic["name"], topic["closed"]) for topic in sandbox.server.topics()] == [("✅ Ayşe", True)]
    for again in (
        sandbox.bot.edit_forum_topic(GROUP, thread_id, name="✅ Ayşe"),
        sandbox.bot.close_forum_topic(GROUP, thread_id),
    ):
        with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
            await again
    await sandbox.bot.reopen_forum_topic(GROUP, thread_id)
    services = [set(m) & {"forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"}
                for m in sandbox.server.messages(GROUP, thread_id)]  # fmt: skip
    assert services == [set(), {"forum_topic_edited"}, {"forum_topic_closed"}, {"forum_topic_reopened"}]
    await sandbox.bot.delete_forum_topic(GROUP, thread_id)
    assert sandbox.server.topics() == sandbox.server.messages(GROUP) == []
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await sandbox.bot.send_message(GROUP, "Kart", message_thread_id=thread_id)
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await sandbox.bot.edit_forum_topic(GROUP, thread_id, name="neu")


async def test_a_closed_topic_takes_messages_of_admins_only(sandbox: Sandbox) -> None:
    thread_id = (await sandbox.bot.create_forum_topic(GROUP, "Ayşe")).message_thread_id
    card = await sandbox.bot.send_message(GROUP, "Kart", message_thread_id=thread_id)
    await sandbox.bot.close_forum_topic(GROUP, thread_id)
    await sandbox.bot.send_message(GROUP, "admin", message_thread_id=thread_id)
    with pytest.raises(ValueError, match="closed"):
        sandbox.server.say(DENIZ, "Merhaba", chat_id=GROUP, thread_id=thread_id)
    sandbox.server.set_bot_status("member", by=DENIZ)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await sandbox.bot.send_message(GROUP, "member", message_thread_id=thread_id)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await sandbox.bot.send_message(GROUP, "member", reply_parameters=ReplyParameters(message_id=card.message_id))


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "TOPIC_TITLE_EMPTY"), ("   ", "TOPIC_TITLE_EMPTY"), ("a" * 129, "TOPIC_TITLE_INVALID")],
)
async def test_a_topics_name_has_1_to_128_characters(sandbox: Sandbox, name: str, why: str) -> None:
    assert why in await sandbox.described("createForumTopic", chat_id=GROUP, name=name)
    assert (await sandbox.bot.create_forum_topic(GROUP, "a" * 128)).name == "a" * 128


async def test_topics_need_an_admin_and_a_forum(open_sandbox: OpenSandbox) -> None:
    member = await open_sandbox(bot_is_admin=False)
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await member.bot.create_forum_topic(GROUP, "Ayşe")
    plain = await open_sandbox(forum=False)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await plain.bot.create_forum_topic(GROUP, "Ayşe")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await plain.bot.send_message(GROUP, "Kart", message_thread_id=2)


async def test_the_doctor_can_look_at_the_group(sandbox: Sandbox) -> None:
    chat = await sandbox.bot.get_chat(GROUP)
    assert (chat.type, chat.is_forum) == ("supergroup", True)
    own = await sandbox.bot.get_chat_member(GROUP, sandbox.bot.id)
    assert isinstance(own, ChatMemberAdministrator)
    assert own.can_manage_topics
    sandbox.server.join_group(DENIZ, status="creator")
    admins = await sandbox.bot.get_chat_administrators(GROUP)
    assert [admin.status for admin in admins] == ["administrator", "creator"]
    assert (await sandbox.bot.get_chat_member(GROUP, AYSE)).status == "left"
    assert await sandbox.bot.get_chat_member_count(GROUP) == 2
    assert (await sandbox.bot.me()).can_read_all_group_messages


async def test_a_plain_group_shows_neither_forum_nor_topics(open_sandbox: OpenSandbox) -> None:
    sandbox = await open_sandbox(forum=False)
    said = sandbox.server.say(DENIZ, "Merhaba", chat_id=GROUP)
    assert said["chat"] == {"id": GROUP, "type": "supergroup", "title": "Gişe"}
    assert not (await sandbox.bot.get_chat(GROUP)).is_forum


async def test_an_agents_own_topic_is_told_to_the_bot(sandbox: Sandbox) -> None:
    thread_id = sandbox.server.open_topic(DENIZ, "Kahve")
    sandbox.server.close_topic(DENIZ, thread_id)
    heard = [update["message"] for update in (await sandbox.updates())[-2:]]
    assert [set(m) & {"forum_topic_created", "forum_topic_closed"} for m in heard] == [
        {"forum_topic_created"},
        {"forum_topic_closed"},
    ]


async def test_a_bot_that_left_hears_nothing_more_from_the_group(sandbox: Sandbox) -> None:
    await sandbox.bot.leave_chat(GROUP)
    sandbox.server.say(DENIZ, "Nereye?", chat_id=GROUP)
    kinds = [set(update) - {"update_id"} for update in await sandbox.updates()]
    assert kinds == [{"message"}, {"my_chat_member"}]
