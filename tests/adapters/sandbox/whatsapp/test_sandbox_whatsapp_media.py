"""Files go up and down through the real pywa client, within WhatsApp's types, sizes and times."""

import httpx
import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import MediaUploadError, WhatsAppError

from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.sandbox.whatsapp.media import MEGABYTE

DAY = 24 * 3600


async def upload(wa: WhatsApp, data: bytes = b"data", mime: str = "image/png") -> str:
    return (await wa.upload_media(data, mime_type=mime, filename="file")).id


async def test_an_uploaded_file_comes_back_byte_for_byte(wa: WhatsApp) -> None:
    media_id = await upload(wa, b"\x00\xffpicture")
    info = await wa.get_media_url(media_id)
    assert (info.mime_type, info.file_size, info.id) == ("image/png", 9, media_id)
    assert await wa.get_media_bytes(info.url) == b"\x00\xffpicture"


async def test_a_download_needs_the_token_and_an_untouched_link(server: WhatsAppServer, wa: WhatsApp) -> None:
    url = (await wa.get_media_url(await upload(wa))).url
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await wa.get_media_bytes(url.replace("hash=", "hash=0"))
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await wa.get_media_bytes(url.replace("ext=", "ext=x"))
    wa.token = "EAAWRONG"
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        await wa.get_media_bytes(url)
    assert server.base_url in url


async def test_a_link_lives_five_minutes_and_the_file_thirty_days(server: WhatsAppServer, wa: WhatsApp) -> None:
    media_id = await upload(wa)
    url = (await wa.get_media_url(media_id)).url
    server.clock.move(301)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await wa.get_media_bytes(url)
    fresh = (await wa.get_media_url(media_id)).url
    assert await wa.get_media_bytes(fresh) == b"data"
    server.clock.move(30 * DAY)
    with pytest.raises(WhatsAppError) as gone:
        await wa.get_media_url(media_id)
    assert (gone.value.code, gone.value.subcode) == (100, 33)


async def test_a_deleted_file_is_gone(wa: WhatsApp) -> None:
    media_id = await upload(wa)
    assert (await wa.delete_media(media_id)).success
    with pytest.raises(WhatsAppError):
        await wa.get_media_url(media_id)
    with pytest.raises(WhatsAppError):
        await wa.delete_media(media_id)


@pytest.mark.parametrize(
    ("mime", "size"),
    [
        ("application/zip", 10),
        ("text/html", 10),
        ("image/gif", 10),
        ("image/png", 5 * MEGABYTE + 1),
        ("image/webp", 500 * 1024 + 1),
        ("video/mp4", 16 * MEGABYTE + 1),
        ("audio/ogg", 16 * MEGABYTE + 1),
    ],
)
async def test_a_wrong_type_or_size_is_refused(wa: WhatsApp, mime: str, size: int) -> None:
    with pytest.raises(WhatsAppError) as refused:
        await upload(wa, bytes(size), mime)
    assert refused.value.code == 100


@pytest.mark.parametrize(
    ("mime", "size"),
    [
        ("image/jpeg", 5 * MEGABYTE),
        ("application/pdf", 17 * MEGABYTE),
        ("text/plain", 1),
        ("audio/ogg; codecs=opus", 10),
    ],
)
async def test_a_right_type_and_size_is_taken(server: WhatsAppServer, wa: WhatsApp, mime: str, size: int) -> None:
    media_id = await upload(wa, bytes(size), mime)
    assert len(server.media_bytes(media_id)) == size


async def test_a_file_in_the_wrong_kind_of_message_fails_late(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    pdf = await upload(wa, b"%PDF", "application/pdf")
    sent = await wa.send_image(ayse, pdf)
    await server.settle()
    failed = server.message(sent.id)
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == MediaUploadError.__error_codes__[0]


async def test_a_voice_message_must_be_ogg(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    mp3 = await upload(wa, b"ID3", "audio/mpeg")
    as_voice, as_audio = await wa.send_voice(ayse, mp3), await wa.send_audio(ayse, mp3)
    await server.settle()
    assert server.message(as_voice.id)["status"] == "failed"
    assert server.message(as_audio.id)["status"] == "delivered"
