"""What the page asks for, read with care: a wrong field is refused with a sentence, never guessed."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.page.cast import AGENTS, CUSTOMERS


class OrderRefused(ValueError):
    """The order cannot be carried out; the text says what was expected."""


@dataclass(frozen=True)
class Order:
    """One thing a person does, as the page's JSON object says it: `{"do": ..., ...}`."""

    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A field that must be a non-empty text."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise OrderRefused(f"'{name}' must be a text that is not empty")
        return value

    def optional_text(self, name: str) -> str:
        """A text field that may be missing; then it is empty."""
        value = self.fields.get(name) or ""
        if not isinstance(value, str):
            raise OrderRefused(f"'{name}' must be a text")
        return value

    def number(self, name: str) -> int:
        """A field that must be a whole number."""
        value = self.optional_number(name)
        if value is None:
            raise OrderRefused(f"'{name}' must be a whole number")
        return value

    def optional_number(self, name: str) -> int | None:
        """A whole number that may be missing."""
        value = self.fields.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise OrderRefused(f"'{name}' must be a whole number")
        return value

    def real(self, name: str) -> float:
        """A field that must be a number."""
        value = self.fields.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise OrderRefused(f"'{name}' must be a number")
        return float(value)

    def switch(self, name: str) -> bool:
        """A field that must be true or false."""
        value = self.fields.get(name)
        if not isinstance(value, bool):
            raise OrderRefused(f"'{name}' must be true or false")
        return value

    def data(self) -> bytes:
        """The file's bytes, carried as base64 in the field `data`."""
        try:
            return base64.b64decode(self.text("data"), validate=True)
        except binascii.Error as error:
            raise OrderRefused("'data' must be base64") from error

    def person(self) -> tuple[str, str]:
        """Who acts: (channel, address) of a customer or (telegram, user id) of an agent, from `who`."""
        who = self.text("who")
        known = {customer.key for customer in CUSTOMERS} | {f"telegram:{agent.user_id}" for agent in AGENTS}
        if who not in known:
            raise OrderRefused(f"nobody here is called {who!r}; known: {', '.join(sorted(known))}")
        channel, _, address = who.partition(":")
        return channel, address
