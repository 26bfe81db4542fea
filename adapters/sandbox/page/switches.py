"""The faults on top of the page: switches that stay on, or fire once, for both platforms."""

from typing import Literal, get_args

from adapters.sandbox.faults import Faults, Outcome, error, reset_after, reset_before

Trouble = Literal["flood", "dropped_answer", "down"]
TROUBLES: tuple[str, ...] = get_args(Trouble)

FLOOD_WAIT_SECONDS = 5
# A poll is the platform talking to us: flood limits and lost answers concern what we post.
_POLLING = frozenset({"getUpdates"})


class Switches:
    """Which troubles are on; shared by the two platforms' fault lists.

    `flood` and `down` stay until switched off, `dropped_answer` swallows one answer and switches itself off.
    """

    def __init__(self) -> None:
        self.on: set[str] = set()

    def turn(self, trouble: str, on: bool) -> None:
        """Switch one trouble on or off; ValueError for a name that is not in TROUBLES."""
        if trouble not in TROUBLES:
            raise ValueError(f"no fault {trouble!r}; known: {', '.join(TROUBLES)}")
        (self.on.add if on else self.on.discard)(trouble)

    def outcome(self, method: str, flood: Outcome) -> Outcome | None:
        """How this call ends while the switches stand as they do; None for as usual."""
        if "down" in self.on:
            return reset_before()
        if method in _POLLING or not _posts(method):
            return None
        if "flood" in self.on:
            return flood
        if "dropped_answer" in self.on:
            self.on.discard("dropped_answer")
            return reset_after()
        return None


def _posts(method: str) -> bool:
    return not method.startswith("get")


class SwitchedFaults(Faults):
    """A server's fault list that obeys the page's switches first and its own script after them."""

    def __init__(self, switches: Switches, flood: Outcome) -> None:
        super().__init__()
        self._switches = switches
        self._flood = flood

    def take(self, method: str) -> Outcome | None:
        """The switched-on trouble for this call, else the scripted one, else None."""
        return self._switches.outcome(method, self._flood) or super().take(method)


def telegram_flood() -> Outcome:
    """Telegram's 429 with `parameters.retry_after` (core.telegram.org/bots/api#responseparameters)."""
    wait = FLOOD_WAIT_SECONDS
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {wait}",
        "parameters": {"retry_after": wait},
    }
    return error(429, body)


def whatsapp_flood() -> Outcome:
    """Meta's 130429, the number's throughput limit, as the Graph API words it."""
    body = {
        "error": {
            "message": "(#130429) Rate limit hit",
            "type": "OAuthException",
            "code": 130429,
            "error_data": {
                "messaging_product": "whatsapp",
                "details": "Message failed to send because there were too many messages sent from this phone "
                "number in a short period of time",
            },
            "fbtrace_id": "SANDBOX",
        }
    }
    return error(400, body)
