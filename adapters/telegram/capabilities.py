"""Telegram's limits, for private chats and groups alike. Sources: Bot API ("Sending files", each method), Bots FAQ."""

from bot.domain.channel import Capabilities, Rate, TextUnit
from bot.domain.message import Kind

MEGABYTE = 2**20
UPLOAD = 50 * MEGABYTE
DOWNLOAD = 20 * MEGABYTE
ALBUM = 10
TEXT = 4096

CAPABILITIES = Capabilities(
    text=TEXT,
    caption=1024,
    text_unit=TextUnit.UTF16,
    text_with_buttons=TEXT,
    text_with_list=TEXT,
    buttons=100,
    button_title=64,  # not published; longer titles are cut by the apps
    list_rows=0,
    row_title=0,
    row_description=0,
    token_bytes=64,
    media={
        Kind.PHOTO: 10 * MEGABYTE,
        Kind.VIDEO: UPLOAD,
        Kind.VIDEO_NOTE: UPLOAD,
        Kind.ANIMATION: UPLOAD,
        Kind.AUDIO: UPLOAD,
        Kind.VOICE: UPLOAD,
        Kind.DOCUMENT: UPLOAD,
        Kind.STICKER: UPLOAD,
    },
    captions_on=frozenset(
        (Kind.PHOTO, Kind.VIDEO, Kind.ANIMATION, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT),
    ),
    download=DOWNLOAD,
    edits=True,
    reactions=True,
    album=ALBUM,
    group_writes_per_minute=20,
    rate=Rate(1 / 30, 30),
    rate_per_person=Rate(1.0, 5),  # the FAQ allows short bursts
)
