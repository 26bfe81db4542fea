"""Reactions: Telegram's lists of old and new ones as a single emoji, and the emoji a bot may set."""

from collections.abc import Sequence

from adapters.telegram.fields import Json, text

# The only ones a bot may use (Bot API, ReactionTypeEmoji), written without variation selectors.
_LISTED = """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡
    🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈
    😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿
    🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
ALLOWED = frozenset(_LISTED.split())
# The emoji variation selector and the five skin tones: other channels add them, Telegram's list has none.
_DECORATION = dict.fromkeys((0xFE0F, *range(0x1F3FB, 0x1F400)))


def allowed(emoji: str) -> str:
    """The listed emoji that means the same, or empty when a bot may not set this reaction."""
    bare = emoji.translate(_DECORATION)
    return bare if bare in ALLOWED else ""


def as_one_emoji(old: Sequence[Json], new: Sequence[Json]) -> str | None:
    """What the person now shows: the newest plain emoji, empty when it was taken back.

    None when nothing changed that can be told in plain emoji (a custom emoji came or went, or the list is broken).
    """
    before, after = _plain(old), _plain(new)
    if after:
        fresh = [emoji for emoji in after if emoji not in before]
        return (fresh or after)[-1]
    return "" if before or not (old or new) else None


def _plain(reactions: Sequence[Json]) -> list[str]:
    return [text(each, "emoji") for each in reactions if text(each, "emoji")]
