"""The people of the sandbox: invented names, invented numbers, ready to write and to answer."""

from dataclasses import dataclass
from typing import Literal

from adapters.sandbox.telegram import TelegramServer
from adapters.sandbox.whatsapp import WhatsAppServer

Channel = Literal["whatsapp", "telegram"]


@dataclass(frozen=True)
class Customer:
    """Somebody with a phone; `key` is how the page calls them, `address` how their platform does."""

    channel: Channel
    address: str
    name: str
    about: str
    language: str = "tr"

    @property
    def key(self) -> str:
        return f"{self.channel}:{self.address}"


@dataclass(frozen=True)
class Agent:
    """Somebody in the agents' group; the role is what Gişe should find in its settings."""

    user_id: int
    name: str
    role: Literal["admin", "agent"]


AYSE = Customer("whatsapp", "905550000101", "Ayşe Yılmaz", "+90 555 000 01 01")
EMRE = Customer("whatsapp", "905550000102", "Emre Kaya", "@emre.kaya")
ZEYNEP = Customer("telegram", "7001001", "Zeynep Demir", "@zeynepdemir")
JOHN = Customer("telegram", "7001002", "John Carter", "@johncarter", language="en")
CUSTOMERS = (AYSE, EMRE, ZEYNEP, JOHN)

DENIZ = Agent(8001001, "Deniz", "admin")
ELIF = Agent(8001002, "Elif", "agent")
MERT = Agent(8001003, "Mert", "agent")
AGENTS = (DENIZ, ELIF, MERT)

EMRE_USER_ID = "TR.1000000000000102"


def seat_everybody(telegram: TelegramServer, whatsapp: WhatsAppServer) -> None:
    """Give every customer an account and every agent a seat in the agents' group."""
    whatsapp.add_contact(AYSE.address, AYSE.name, user_id="TR.1000000000000101")
    # Emre's webhooks never carry his number: whoever keys people by phone number loses him.
    whatsapp.add_contact(EMRE.address, EMRE.name, user_id=EMRE_USER_ID, username="emre.kaya", phone_visible=False)
    for customer in (ZEYNEP, JOHN):
        first, last = customer.name.split(" ", 1)
        telegram.add_user(
            int(customer.address),
            first,
            last_name=last,
            username=customer.about.removeprefix("@"),
            language_code=customer.language,
        )
    for agent in AGENTS:
        telegram.add_user(agent.user_id, agent.name, username=agent.name.lower(), language_code="tr")
        telegram.join_group(agent.user_id, status="administrator" if agent.role == "admin" else "member")
