"""The bot's command menus: one per audience and language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from adapters.telegram.api import Api

Scope = BotCommandScopeAllPrivateChats | BotCommandScopeChat


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Commands (name without slash, description) for an audience; the empty `language` is everybody else's.

    Names are 1–32 of a–z, 0–9 and _, descriptions 1–256 characters, at most 100 commands (Bot API, setMyCommands).
    """

    audience: Literal["customers", "agents"]
    language: str
    commands: Sequence[tuple[str, str]]


async def set_commands(api: Api, menus: Iterable[Menu], groups: Iterable[str]) -> None:
    """Store the menus: customers' for all private chats, agents' for each of their groups. Raises `SendError`."""
    chats = tuple(groups)
    for menu in menus:
        commands = [BotCommand(command=name, description=description) for name, description in menu.commands]
        for scope in _scopes(menu, chats):
            await api.call(SetMyCommands(commands=commands, scope=scope, language_code=menu.language or None))


def _scopes(menu: Menu, chats: Sequence[str]) -> list[Scope]:
    if menu.audience == "customers":
        return [BotCommandScopeAllPrivateChats()]
    return [BotCommandScopeChat(chat_id=int(chat)) for chat in chats]
