"""Channels of paper: they read what came as the real ones do. Nothing is sent, so there is nothing to send with."""

from typing import cast

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from adapters.whatsapp.limits import CAPABILITIES as WHATSAPP
from adapters.whatsapp.parse import parse
from bot.domain.groups import Group
from bot.domain.message import Inbound
from bot.ports import Channel, Desk

GROUP = "-1009000000001"


class _Reader:
    """WhatsApp as far as it is read."""

    name = "whatsapp"
    capabilities = WHATSAPP

    def __init__(self, number_id: str) -> None:
        self._number_id = number_id

    def parse(self, raw: bytes) -> Inbound:
        return parse(raw, self._number_id)


class _Group(_Reader):
    """A group with topics, as far as somebody asks about it."""

    name = "telegram"
    capabilities = TELEGRAM
    group = GROUP
    groups = (Group(chat=GROUP),)
    accounts = (0,)

    def is_forum(self, chat: str) -> bool:
        return chat == self.group

    def link(self, chat: str, thread: str) -> str:
        return f"{chat}/{thread}"


def channel(number_id: str) -> Channel:
    """WhatsApp's inbound half."""
    # The protocol's other half is the outbox's, which no benchmark with paper runs.
    return cast("Channel", _Reader(number_id))


def desk(number_id: str) -> Desk:
    """The agents' group, of which only what the inbound path asks is there."""
    return cast("Desk", _Group(number_id))
