"""What a bot sends looks as on Telegram, and what Telegram refuses is refused in its words."""

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)

from tests.adapters.sandbox.telegram.conftest import AYSE, DENIZ, GROUP, OpenSandbox, Sandbox


def keyboard(*titles: str) -> InlineKeyboardMarkup:
    buttons = [InlineKeyboardButton(text=title, callback_data=f"do:{title}") for title in titles]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


async def test_a_text_arrives_with_date_entities_and_keyboard(sandbox: Sandbox) -> None:
    sandbox.clock.move(3600)
    sent = await sandbox.bot.send_message(
        AYSE, "<b>Gişe</b> 🎫 /help", parse_mode="HTML", reply_markup=keyboard("Tamam")
    )
    assert (sent.text, sent.chat.type, sent.chat.first_name) == ("Gişe 🎫 /help", "private", "Ayşe")
    assert sent.entities is not None
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 0, 4), ("bot_command", 8, 5)]
    assert abs(sent.date.timestamp() - sandbox.clock.now()) < 2
    shown = sandbox.server.messages(AYSE)[-1]
    assert shown["reply_markup"]["inline_keyboard"][0][0]["text"] == "Tamam"
    assert shown["from"]["is_bot"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "a" * 4097}, "Bad Request: message is too long"),
        ({"text": "🎫" * 2049}, "Bad Request: message is too long"),
        ({"text": "a", "parse_mode": "Word"}, "Bad Request: unsupported parse_mode"),
        ({"text": "a", "reply_parameters": {"message_id": 999}}, "Bad Request: message to be replied not found"),
        ({"text": "a", "message_thread_id": 5}, "Bad Request: message thread not found"),
        ({"text": "a", "chat_id": 123}, "Bad Request: chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "Bad Request: chat not found"),
        ({"text": "a", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "incorrect length"),
        ({"text": "🎫", "entities": [{"type": "bold", "offset": 1, "length": 1}]}, "middle of a UTF-16 symbol"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "a", "entities": ["bold"]}, "array of objects expected"),
    ],
)
async def test_a_bad_text_is_refused(sandbox: Sandbox, fields: dict[str, object], why: str) -> None:
    assert why in await sandbox.described("sendMessage", **({"chat_id": AYSE} | fields))
    assert [message["text"] for message in sandbox.server.messages(AYSE)] == ["/start"]


async def test_the_longest_text_is_counted_after_parsing(sandbox: Sandbox) -> None:
    sent = await sandbox.bot.send_message(AYSE, "<b>" + "&lt;" * 4096 + "</b>", parse_mode="HTML")
    assert sent.text == "<" * 4096


@pytest.mark.parametrize(
    ("button", "why"),
    [
        ({"text": "a", "callback_data": "ş" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "", "callback_data": "x"}, "text must be non-empty"),
        ({"text": "a"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "a", "url": "not a link"}, "is invalid"),
        ({"text": "a", "url": "https://a.invalid", "callback_data": "x"}, "exactly one action"),
    ],
)
async def test_a_bad_button_is_refused(sandbox: Sandbox, button: dict[str, str], why: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert why in await sandbox.described("sendMessage", chat_id=AYSE, text="a", reply_markup=markup)


async def test_a_callback_of_64_bytes_is_allowed(sandbox: Sandbox) -> None:
    button = InlineKeyboardButton(text="a", callback_data="ş" * 32)
    sent = await sandbox.bot.send_message(AYSE, "a", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))
    assert sent.reply_markup is not None


async def test_nobody_is_written_to_before_they_wrote_themselves(open_sandbox: OpenSandbox) -> None:
    sandbox = await open_sandbox()
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await sandbox.bot.send_message(AYSE, "Merhaba")


async def test_a_person_who_blocked_the_bot_is_out_of_reach_until_they_unblock_it(sandbox: Sandbox) -> None:
    sandbox.server.block(AYSE)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await sandbox.bot.send_message(AYSE, "Merhaba")
    sandbox.server.unblock(AYSE)
    assert (await sandbox.bot.send_message(AYSE, "Merhaba")).text == "Merhaba"
    changes = [u["my_chat_member"] for u in await sandbox.updates() if "my_chat_member" in u]
    assert [change["new_chat_member"]["status"] for change in changes] == ["kicked", "member"]


async def test_a_bot_thrown_out_of_its_group_cannot_write_there(sandbox: Sandbox) -> None:
    sandbox.server.set_bot_status("kicked", by=DENIZ)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await sandbox.bot.send_message(GROUP, "Merhaba")


async def test_a_wrong_token_and_a_wrong_method_are_told_apart(sandbox: Sandbox) -> None:
    assert await sandbox.described("sendPigeon") == "Not Found"
    await sandbox.bot.get_me()
    sandbox.server.token = "4242:CHANGED"
    with pytest.raises(TelegramUnauthorizedError):
        await sandbox.bot.get_me()


async def test_get_and_forms_work_as_well_as_json(sandbox: Sandbox) -> None:
    url = f"{sandbox.server.base_url}/bot{sandbox.server.token}/sendMessage"
    async with sandbox.http.get(url, params={"chat_id": AYSE, "text": "sorgu"}) as answer:
        assert answer.status == 200
    async with sandbox.http.post(url, data={"chat_id": AYSE, "text": "form"}) as answer:
        assert answer.status == 200
    assert [message["text"] for message in sandbox.server.messages(AYSE)] == ["/start", "sorgu", "form"]


async def test_an_answer_shows_what_it_answers_one_level_deep(sandbox: Sandbox) -> None:
    first = await sandbox.bot.send_message(AYSE, "Hangi şube?")
    second = sandbox.server.say(AYSE, "Kadıköy", reply_to=first.message_id)
    third = await sandbox.bot.send_message(
        AYSE, "Anladım", reply_parameters=ReplyParameters(message_id=second["message_id"], quote="Kadı")
    )
    assert third.reply_to_message is not None
    assert third.reply_to_message.text == "Kadıköy"
    assert third.reply_to_message.reply_to_message is None
    assert third.quote is not None
    assert third.quote.text == "Kadı"


async def test_an_answer_to_nothing_is_sent_if_that_is_allowed(sandbox: Sandbox) -> None:
    lost = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    sent = await sandbox.bot.send_message(AYSE, "yine de", reply_parameters=lost)
    assert sent.reply_to_message is None


async def test_an_edit_changes_text_and_takes_the_keyboard_away(sandbox: Sandbox) -> None:
    sent = await sandbox.bot.send_message(AYSE, "Yeni", reply_markup=keyboard("Al"))
    edited = await sandbox.bot.edit_message_text("Kapandı", chat_id=AYSE, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("Kapandı", None)
    assert edited.edit_date is not None
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sandbox.bot.edit_message_text("Kapandı", chat_id=AYSE, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await sandbox.bot.edit_message_text("Kapandı", chat_id=AYSE, message_id=999)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await sandbox.bot.edit_message_text("Kapandı", chat_id=AYSE, message_id=2)


async def test_a_keyboard_alone_can_be_exchanged(sandbox: Sandbox) -> None:
    sent = await sandbox.bot.send_message(AYSE, "Yeni", reply_markup=keyboard("Al"))
    await sandbox.bot.edit_message_reply_markup(
        chat_id=AYSE, message_id=sent.message_id, reply_markup=keyboard("Bırak")
    )
    assert sandbox.server.press(AYSE, AYSE, sent.message_id, title="Bırak")
    with pytest.raises(ValueError, match="no button 'Al'"):
        sandbox.server.press(AYSE, AYSE, sent.message_id, title="Al")


async def test_a_press_brings_the_message_along_and_is_answered_once_known(sandbox: Sandbox) -> None:
    sent = await sandbox.bot.send_message(GROUP, "Kart", reply_markup=keyboard("Al", "Kapat"))
    query_id = sandbox.server.press(DENIZ, GROUP, sent.message_id, title="Kapat")
    query = (await sandbox.updates())[-1]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "do:Kapat", DENIZ)
    assert query["message"]["message_id"] == sent.message_id
    assert query["chat_instance"]
    await sandbox.bot.answer_callback_query(query_id, "Kapandı", show_alert=True)
    assert sandbox.server.answers()[query_id] == {"text": "Kapandı", "show_alert": True, "url": ""}
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await sandbox.bot.answer_callback_query("1")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await sandbox.bot.answer_callback_query(query_id, "a" * 201)


async def test_only_telegrams_own_reactions_can_be_set(sandbox: Sandbox) -> None:
    await sandbox.bot.set_message_reaction(AYSE, 2, [ReactionTypeEmoji(emoji="👀")])
    own = {"user_id": sandbox.bot.id, "type": "emoji", "emoji": "👀"}
    assert sandbox.server.messages(AYSE)[0]["reactions"] == [own]
    for refused in ([ReactionTypeEmoji(emoji="✅")], [ReactionTypeEmoji(emoji="👍"), ReactionTypeEmoji(emoji="👀")]):
        with pytest.raises(TelegramBadRequest, match="REACTION"):
            await sandbox.bot.set_message_reaction(AYSE, 2, [*refused])
    with pytest.raises(TelegramBadRequest, match="message to react not found"):
        await sandbox.bot.set_message_reaction(AYSE, 999, [ReactionTypeEmoji(emoji="👍")])
    await sandbox.bot.set_message_reaction(AYSE, 2, [])
    assert sandbox.server.messages(AYSE)[0]["reactions"] == []


async def test_a_bot_deletes_only_while_telegram_lets_it(sandbox: Sandbox) -> None:
    old = await sandbox.bot.send_message(AYSE, "eski")
    young = await sandbox.bot.send_message(AYSE, "yeni")
    assert await sandbox.bot.delete_message(AYSE, young.message_id)
    sandbox.clock.move(49 * 3600)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await sandbox.bot.delete_message(AYSE, old.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await sandbox.bot.delete_message(AYSE, young.message_id)


async def test_copies_hide_where_they_come_from_and_forwards_tell(sandbox: Sandbox) -> None:
    asked = sandbox.server.say(AYSE, "Fatura nerede?")
    copy = await sandbox.bot.copy_message(GROUP, AYSE, asked["message_id"])
    forward = await sandbox.bot.forward_message(GROUP, AYSE, asked["message_id"])
    shown = {message["message_id"]: message for message in sandbox.server.messages(GROUP)}
    assert shown[copy.message_id]["text"] == "Fatura nerede?"
    assert "forward_origin" not in shown[copy.message_id]
    assert forward.forward_origin is not None
    assert forward.forward_origin.model_dump()["sender_user"]["id"] == AYSE


async def test_a_pin_leaves_a_service_message_the_bot_itself_hears_of(sandbox: Sandbox) -> None:
    card = await sandbox.bot.send_message(GROUP, "Kart")
    await sandbox.bot.pin_chat_message(GROUP, card.message_id)
    heard = (await sandbox.updates())[-1]["message"]
    assert (heard["from"]["id"], heard["pinned_message"]["text"]) == (sandbox.bot.id, "Kart")
    chat = await sandbox.bot.get_chat(GROUP)
    assert chat.pinned_message is not None
    await sandbox.bot.unpin_chat_message(GROUP)
    with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
        await sandbox.bot.unpin_chat_message(GROUP, message_id=card.message_id)


async def test_the_menu_is_kept_per_scope_and_language(sandbox: Sandbox) -> None:
    await sandbox.bot.set_my_commands([BotCommand(command="help", description="Yardım")], language_code="tr")
    assert sandbox.server.commands_menu() == {"default/tr": [{"command": "help", "description": "Yardım"}]}
    assert await sandbox.bot.get_my_commands() == []
    await sandbox.bot.delete_my_commands(language_code="tr")
    assert sandbox.server.commands_menu() == {}
    assert "BOT_COMMAND_INVALID" in await sandbox.described(
        "setMyCommands", commands=[{"command": "Yardım", "description": "x"}]
    )


async def test_a_group_that_becomes_a_supergroup_tells_its_new_id(open_sandbox: OpenSandbox) -> None:
    sandbox = await open_sandbox(group_id=-5001, forum=False)
    assert sandbox.server.migrate_group(DENIZ, new_id=GROUP) == sandbox.server.group_id == GROUP
    with pytest.raises(TelegramMigrateToChat) as refused:
        await sandbox.bot.send_message(-5001, "Merhaba")
    assert refused.value.migrate_to_chat_id == GROUP
    assert (await sandbox.bot.send_message(GROUP, "Merhaba")).chat.type == "supergroup"
    heard = [update["message"] for update in await sandbox.updates()]
    assert [(m["chat"]["id"], m.get("migrate_to_chat_id"), m.get("migrate_from_chat_id")) for m in heard] == [
        (-5001, GROUP, None),
        (GROUP, None, -5001),
    ]


async def test_an_explicit_entity_is_kept(sandbox: Sandbox) -> None:
    sent = await sandbox.bot.send_message(AYSE, "🎫 bilet", entities=[MessageEntity(type="bold", offset=3, length=5)])
    assert sent.entities is not None
    assert sent.entities[0].extract_from(sent.text or "") == "bilet"
