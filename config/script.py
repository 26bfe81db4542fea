"""A whole ticket's life in the terminal: what each person does, and what each of them sees."""

from collections.abc import Callable

from adapters.sandbox.page.cast import AYSE, ELIF, ZEYNEP, Customer
from adapters.sandbox.players import Drawn, Phone, Topic, offered, seen, topic
from adapters.sandbox.world import World

_CUSTOMER = {"whatsapp": AYSE, "telegram": ZEYNEP}
_CHANNEL = {"whatsapp": "WhatsApp", "telegram": "Telegram"}
_NUMBER = "#"
_WIDTH = 78


class Transcript:
    """Prints every message once: the customer's phone to the left, the agents' topic indented."""

    def __init__(self, customer: Customer, phone: Phone) -> None:
        """The script of `customer`, who holds `phone`."""
        self._customer = customer
        self._phone = phone
        self._printed: set[tuple[str, object]] = set()

    def heading(self, words: str) -> None:
        print(f"\n── {words} {'─' * max(2, _WIDTH - len(words) - 4)}")

    def phone(self) -> None:
        """What is new on the phone."""
        for message in self._phone.messages:
            who = self._customer.name if message["out"] else "Gişe"
            self._once("phone", message, "📱", who, "")

    def presses(self, title: str) -> None:
        """Press a button. WhatsApp shows that as a message of the customer's; on Telegram only the finger knows."""
        self.phone()
        button = self._phone.presses(title)["title"]
        if self._customer.channel == "telegram":
            print(f"👆 {self._customer.name}: {button}")

    def card(self, desk: Topic) -> None:
        """The card as it stands in the end."""
        self._printed.discard(("desk", desk.card["id"]))
        self.desk(desk)

    def desk(self, desk: Topic) -> None:
        """What is new in the topic."""
        for message in desk.messages:
            self._once("desk", message, "🎧", message["author"]["name"], " " * 8)

    def _once(self, side: str, message: Drawn, mark: str, who: str, indent: str) -> None:
        if (side, message["id"]) in self._printed or not message["text"]:
            return
        self._printed.add((side, message["id"]))
        lines = message["text"].splitlines()
        print(f"{indent}{mark} {who}: {lines[0]}")
        for line in lines[1:]:
            print(f"{indent}   {line}")
        titles = [f"[{button['title']}]" for button in offered(message)]
        if titles:
            print(f"{indent}   {' '.join(titles)}")


async def play(world: World, channel: str) -> None:
    """First message to thanks: intake, note, question, a rejected and an accepted proposal."""
    customer = _CUSTOMER[channel]
    phone = Phone(world, customer.key)
    transcript = Transcript(customer, phone)
    transcript.heading(f"{_CHANNEL[channel]}: {customer.name}")
    await _intake(phone, transcript)
    desk = await topic(world, customer.name)
    transcript.desk(desk)
    await _conversation(phone, desk, transcript)
    await _proposals(world, phone, desk, transcript)
    transcript.heading(desk.name)
    transcript.card(desk)


async def _intake(phone: Phone, transcript: Transcript) -> None:
    """The four questions, answered by buttons and a list."""
    phone.says("Merhaba, yazıcı bugün hiç çıktı vermiyor")
    await phone.hears(_NUMBER)
    for answer, following in (
        ("Arıza", "Sorun hangi konuda?"),
        ("Yazıcı", "herkeste mi"),
        ("Sadece bende", "her seferinde"),
        ("Evet", "Teşekkürler"),
    ):
        transcript.presses(answer)
        await phone.hears(following)
    transcript.phone()


async def _conversation(phone: Phone, desk: Topic, transcript: Transcript) -> None:
    desk.writes(ELIF.user_id, "// dün de aynı kattan aradılar")
    desk.writes(ELIF.user_id, "Merhaba, hemen bakıyorum.")
    await phone.hears("hemen bakıyorum")
    transcript.desk(desk)
    transcript.phone()
    desk.writes(ELIF.user_id, "/ask Yazıcının ekranında ne yazıyor?")
    await phone.hears("ekranında ne yazıyor")
    transcript.desk(desk)
    transcript.phone()
    phone.says("Kâğıt sıkıştı yazıyor")
    await desk.shows("Kâğıt sıkıştı")
    transcript.phone()
    transcript.desk(desk)


async def _proposals(world: World, phone: Phone, desk: Topic, transcript: Transcript) -> None:
    desk.writes(ELIF.user_id, "/propose Arka kapağı açıp kâğıdı çekin, sonra kapatın.")
    await phone.hears("Arka kapağı")
    transcript.desk(desk)
    transcript.phone()
    transcript.presses("Reddet")
    await phone.hears("Neyin olmadığını")
    phone.says("Kapağı açtım ama kâğıt görünmüyor")
    await desk.shows("kâğıt görünmüyor")
    transcript.phone()
    transcript.desk(desk)
    desk.writes(ELIF.user_id, "/propose Alt çekmeceyi de çıkarın, kâğıt orada kalıyor.")
    await phone.hears("Alt çekmeceyi")
    transcript.desk(desk)
    transcript.phone()
    transcript.presses("Kabul")
    await phone.hears("kapandı")
    phone.says("Çok teşekkürler 🙏")
    await desk.is_called("✅")
    await seen(world, _settled(desk), "the desk to have seen the thanks")
    transcript.phone()
    transcript.desk(desk)


def _settled(desk: Topic) -> Callable[[], bool]:
    return lambda: any("teşekkürler" in message["text"] for message in desk.messages)
