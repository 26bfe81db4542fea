"""The rules of R15 for customers."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.domain.message import Person
from bot.domain.press import decode
from tests.proofs import model
from tests.proofs import simulation_customers as customers
from tests.proofs.model import Expected
from tests.proofs.model_machine import PICK, WHO, Machine
from tests.proofs.simulation_stage import chat_of


class CustomersAct(Machine):
    """What customers do."""

    @rule(who=WHO, meaning=st.sampled_from(("plain", *customers.WORDS)))
    def customer_writes(self, who: Person, meaning: str) -> None:
        expected = model.words(self.picture, chat_of(who), meaning, self.stage.clock.now())
        self.act(f"customer_writes_{meaning}", expected, customers.writes(self.stage, who, meaning))

    @rule(who=WHO, pick=PICK)
    def customer_quotes(self, who: Person, pick: int) -> None:
        found = customers.quotable(self.stage, who)
        target = self.quoted_ticket(who, found[-1 - pick % len(found)]) if found else None
        expected = model.words(self.picture, chat_of(who), "plain", self.stage.clock.now(), target)
        self.act("customer_quotes", expected, customers.quotes(self.stage, who, pick))

    @rule(who=WHO, number=st.integers(1, 6))
    def customer_names_a_ticket(self, who: Person, number: int) -> None:
        target = self.picture.numbered(number, chat_of(who))
        expected = model.words(self.picture, chat_of(who), "plain", self.stage.clock.now(), target)
        self.act("customer_names_a_ticket", expected, customers.names_a_ticket(self.stage, who, number))

    @rule(who=WHO, pick=st.integers(0, 6))
    def customer_asks_service(self, who: Person, pick: int) -> None:
        self.act("customer_asks_service", self._kept_if_banned(who), customers.asks_service(self.stage, who, pick))

    @rule(who=WHO)
    def customer_opens_another(self, who: Person) -> None:
        chat = chat_of(who)
        expected = self._kept_if_banned(who) if self.banned(who) else Expected().opens(chat)
        self.act("customer_opens_another", expected, customers.opens_another(self.stage, who))

    def banned(self, who: Person) -> bool:
        return bool(self.picture.people.get(chat_of(who), {}).get("banned"))

    def _kept_if_banned(self, who: Person) -> Expected:
        """Commands of somebody who is not listened to are words like others."""
        if not self.banned(who):
            return Expected()
        return model.words(self.picture, chat_of(who), "plain", self.stage.clock.now())

    @rule(who=WHO)
    def customer_sends_file(self, who: Person) -> None:
        expected = model.words(self.picture, chat_of(who), "plain", self.stage.clock.now())
        self.act("customer_sends_file", expected, customers.sends_file(self.stage, who))

    @rule(who=WHO, items=st.integers(2, 3))
    def customer_sends_album(self, who: Person, items: int) -> None:
        expected = model.words(self.picture, chat_of(who), "plain", self.stage.clock.now())
        self.act("customer_sends_album", expected, customers.sends_album(self.stage, who, items))

    @rule(who=WHO, pick=PICK)
    def customer_edits(self, who: Person, pick: int) -> None:
        self.act("customer_edits", Expected(), customers.edits(self.stage, who, pick))

    @rule(who=WHO)
    def customer_edits_what_we_never_saw(self, who: Person) -> None:
        expected = model.words(self.picture, chat_of(who), "plain", self.stage.clock.now())
        self.act("customer_edits_unseen", expected, customers.edits_unseen(self.stage, who))

    @rule(who=WHO, pick=PICK)
    def customer_revokes(self, who: Person, pick: int) -> None:
        self.act("customer_revokes", Expected(), customers.revokes(self.stage, who, pick))

    @rule(who=WHO, pick=PICK)
    def customer_reacts(self, who: Person, pick: int) -> None:
        self.act("customer_reacts", Expected(), customers.reacts(self.stage, who, pick))

    @rule(who=WHO, reachable=st.booleans())
    def customer_blocks(self, who: Person, reachable: bool) -> None:
        self.act("customer_blocks", Expected(), customers.blocks(self.stage, who, reachable=reachable))

    @rule(who=WHO, pick=st.integers(0, 12), foreign=st.sampled_from((False, False, False, True)))
    def customer_presses(self, who: Person, pick: int, foreign: bool) -> None:
        """A current button, an old one, or one that somebody else was given."""
        of = customers.other_than(who) if foreign else who
        found = customers.buttons(self.stage, of)
        token, message_id = found[pick % len(found)] if found else ("a:1:1", "")
        expected = model.press(self.picture, chat_of(who), decode(token))
        name = "customer_presses_foreign" if foreign else "customer_presses"
        self.act(name, expected, customers.presses_token(self.stage, who, token, message_id))
