"""Files go up and down whole, albums stay together, and Telegram's sizes hold."""

from io import BytesIO

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import (
    BufferedInputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
)

from tests.adapters.sandbox.telegram.conftest import AYSE, DENIZ, GROUP, Sandbox

PICTURE = b"\x89PNG\r\n\x1a\n picture"
MEGABYTE = 2**20


def picture(more: bytes = b"") -> BufferedInputFile:
    return BufferedInputFile(PICTURE + more, "ekran.png")


def paper(content: bytes = b"%PDF") -> BufferedInputFile:
    return BufferedInputFile(content, "fatura.pdf")


async def downloaded(sandbox: Sandbox, file_id: str) -> bytes:
    target = BytesIO()
    await sandbox.bot.download(file_id, destination=target)
    return target.getvalue()


async def test_what_a_person_sends_can_be_downloaded(sandbox: Sandbox) -> None:
    photo = sandbox.server.send_file(AYSE, "photo", PICTURE, caption="Ekran")
    paper_sent = sandbox.server.send_file(AYSE, "document", b"%PDF", name="../../fatura.pdf", mime="application/pdf")
    assert await downloaded(sandbox, photo["photo"][-1]["file_id"]) == PICTURE
    assert await downloaded(sandbox, paper_sent["document"]["file_id"]) == b"%PDF"
    assert paper_sent["document"]["file_name"] == "fatura.pdf"
    assert [size["width"] for size in photo["photo"]] == [90, 800]


async def test_every_kind_of_file_can_be_sent(sandbox: Sandbox) -> None:
    bot = sandbox.bot
    sent: list[Message] = [
        await bot.send_photo(AYSE, picture(), caption="<i>Ekran</i>", parse_mode="HTML"),
        await bot.send_document(AYSE, paper()),
        await bot.send_video(AYSE, paper()),
        await bot.send_audio(AYSE, paper()),
        await bot.send_voice(AYSE, paper()),
        await bot.send_animation(AYSE, paper()),
        await bot.send_sticker(AYSE, paper()),
        await bot.send_video_note(AYSE, paper()),
        await bot.send_location(AYSE, 41.01, 28.97),
        await bot.send_venue(AYSE, 41.01, 28.97, "Gişe", "Kadıköy"),
        await bot.send_contact(AYSE, "+905550000009", "Usta"),
    ]
    assert [message.content_type for message in sent] == [
        *("photo", "document", "video", "audio", "voice", "animation", "sticker", "video_note"),
        *("location", "venue", "contact"),
    ]
    assert sent[0].caption == "Ekran"
    assert sent[1].document is not None
    assert sent[1].document.file_name == "fatura.pdf"
    assert sandbox.server.file_bytes(sent[1].document.file_id) == b"%PDF"


async def test_a_known_file_is_sent_again_by_its_id_but_only_as_what_it_is(sandbox: Sandbox) -> None:
    photo = sandbox.server.send_file(AYSE, "photo", PICTURE)
    file_id = photo["photo"][-1]["file_id"]
    again = await sandbox.bot.send_photo(GROUP, file_id)
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == photo["photo"][-1]["file_unique_id"]
    with pytest.raises(TelegramBadRequest, match="can't use file of type Photo as Document"):
        await sandbox.bot.send_document(GROUP, file_id)
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await sandbox.bot.send_photo(GROUP, "AgUnknown")
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await sandbox.bot.send_photo(GROUP, "https://gise.invalid/a.png")


async def test_an_album_of_uploads_and_known_files_stays_together(sandbox: Sandbox) -> None:
    known = sandbox.server.send_file(AYSE, "video", b"film")["video"]["file_id"]
    thread_id = (await sandbox.bot.create_forum_topic(GROUP, "Ayşe")).message_thread_id
    album = await sandbox.bot.send_media_group(
        GROUP,
        [
            InputMediaPhoto(media=picture(b" 1"), caption="Üçü"),
            InputMediaPhoto(media=picture(b" 2")),
            InputMediaVideo(media=known),
        ],
        message_thread_id=thread_id,
    )
    assert len({message.media_group_id for message in album}) == 1
    assert [message.message_thread_id for message in album] == [thread_id] * 3
    assert [message.caption for message in album] == ["Üçü", None, None]
    assert album[1].photo is not None
    assert sandbox.server.file_bytes(album[1].photo[-1].file_id) == PICTURE + b" 2"


async def test_an_album_has_2_to_10_items_of_kinds_that_go_together(sandbox: Sandbox) -> None:
    with pytest.raises(TelegramBadRequest, match="2 to 10"):
        await sandbox.bot.send_media_group(AYSE, [InputMediaPhoto(media=picture())])
    with pytest.raises(TelegramBadRequest, match="2 to 10"):
        await sandbox.bot.send_media_group(AYSE, [InputMediaPhoto(media=picture())] * 11)
    with pytest.raises(TelegramBadRequest, match="can't be grouped"):
        await sandbox.bot.send_media_group(AYSE, [InputMediaDocument(media=paper()), InputMediaAudio(media=paper())])


async def test_a_persons_album_comes_as_messages_of_one_group(sandbox: Sandbox) -> None:
    for content in (b"1", b"2"):
        sandbox.server.send_file(AYSE, "photo", content, media_group_id="77")
    assert [u["message"]["media_group_id"] for u in (await sandbox.updates())[1:]] == ["77", "77"]


async def test_a_text_card_can_become_a_picture_with_a_caption(sandbox: Sandbox) -> None:
    card = await sandbox.bot.send_message(GROUP, "Kart")
    edited = await sandbox.bot.edit_message_media(
        InputMediaPhoto(media=picture(), caption="Rapor"), chat_id=GROUP, message_id=card.message_id
    )
    assert not isinstance(edited, bool)
    assert (edited.text, edited.caption, bool(edited.photo)) == (None, "Rapor", True)
    await sandbox.bot.edit_message_caption(chat_id=GROUP, message_id=card.message_id, caption="Yeni rapor")
    assert sandbox.server.messages(GROUP)[-1]["caption"] == "Yeni rapor"
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await sandbox.bot.edit_message_text("Kart", chat_id=GROUP, message_id=card.message_id)


async def test_a_caption_has_at_most_1024_units(sandbox: Sandbox) -> None:
    assert (await sandbox.bot.send_photo(AYSE, picture(), caption="a" * 1024)).caption == "a" * 1024
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await sandbox.bot.send_photo(AYSE, picture(), caption="🎫" * 513)


async def test_a_bot_downloads_up_to_20_megabytes(sandbox: Sandbox) -> None:
    fits = sandbox.server.send_file(AYSE, "document", bytes(20 * MEGABYTE))["document"]["file_id"]
    large = sandbox.server.send_file(AYSE, "document", bytes(20 * MEGABYTE + 1))["document"]["file_id"]
    assert (await sandbox.bot.get_file(fits)).file_size == 20 * MEGABYTE
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await sandbox.bot.get_file(large)
    with pytest.raises(TelegramBadRequest, match="wrong file_id"):
        await sandbox.bot.get_file("AgUnknown")


async def test_a_bot_uploads_up_to_50_megabytes_and_photos_up_to_10(sandbox: Sandbox) -> None:
    with pytest.raises(TelegramEntityTooLarge):
        await sandbox.bot.send_document(AYSE, paper(bytes(50 * MEGABYTE + 1)))
    with pytest.raises(TelegramBadRequest, match="too big for a photo"):
        await sandbox.bot.send_photo(AYSE, picture(bytes(10 * MEGABYTE)))
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await sandbox.bot.send_photo(AYSE, paper())
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await sandbox.bot.send_document(AYSE, paper(b""))
    assert [message.get("text") for message in sandbox.server.messages(AYSE)] == ["/start"]


async def test_a_file_needs_the_token_and_its_path(sandbox: Sandbox) -> None:
    file_id = sandbox.server.send_file(DENIZ, "voice", b"ses")["voice"]["file_id"]
    path = (await sandbox.bot.get_file(file_id)).file_path
    for url, status in (
        (f"/file/bot{sandbox.server.token}/{path}", 200),
        (f"/file/bot{sandbox.server.token}/voice/file_99.oga", 404),
        (f"/file/bot4242:WRONG/{path}", 401),
    ):
        async with sandbox.http.get(sandbox.server.base_url + url) as answer:
            assert answer.status == status
