"""The rules of R15 for agents, platforms and time, and for whole stretches of a ticket's life."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.domain.message import Person, ReceiptStatus
from bot.domain.press import Verb, decode, encode
from tests.proofs import model
from tests.proofs import simulation_agents as agents
from tests.proofs import simulation_customers as customers
from tests.proofs.model import Expected
from tests.proofs.model_customers import CustomersAct
from tests.proofs.model_machine import AGENT, PICK, RECENT, WHO
from tests.proofs.simulation_platform import Fault
from tests.proofs.simulation_stage import AGENTS, CUSTOMERS, chat_of

SIDES = st.sampled_from(("whatsapp", "telegram", "desk"))
DECISIONS = st.sampled_from((Verb.ACCEPT, Verb.ACCEPT, Verb.REJECT, Verb.REOPEN))
DAYS = st.integers(1, 9)
LATE_CODES = st.sampled_from(("131026", "131047"))


class AgentsAct(CustomersAct):
    """What agents do."""

    @rule(agent=AGENT, pick=RECENT)
    def agent_answers(self, agent: Person, pick: int) -> None:
        if ticket := self.in_topic(pick):
            expected = self.allowed(agent, ticket.id, "reply")
            self.act("agent_answers", expected, agents.answers(self.stage, agent, ticket))

    @rule(agent=AGENT, pick=RECENT)
    def agent_sends_file(self, agent: Person, pick: int) -> None:
        if ticket := self.in_topic(pick):
            expected = self.allowed(agent, ticket.id, "reply")
            self.act("agent_sends_file", expected, agents.sends_file(self.stage, agent, ticket))

    @rule(agent=AGENT, pick=RECENT)
    def agent_notes(self, agent: Person, pick: int) -> None:
        if ticket := self.in_topic(pick):
            self.act("agent_notes", Expected(), agents.notes(self.stage, agent, ticket))

    @rule(agent=AGENT, pick=RECENT)
    def agent_forwards_a_command(self, agent: Person, pick: int) -> None:
        if ticket := self.in_topic(pick):
            self.act("agent_forwards", Expected(), agents.forwards(self.stage, agent, ticket))

    @rule(agent=AGENT, pick=PICK)
    def agent_edits(self, agent: Person, pick: int) -> None:
        self.act("agent_edits", Expected(), agents.edits(self.stage, agent, pick))

    @rule(agent=AGENT, pick=PICK)
    def agent_reacts(self, agent: Person, pick: int) -> None:
        self.act("agent_reacts", Expected(), agents.reacts(self.stage, agent, pick))

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("ask", "propose", "propose", "reply")))
    def agent_asks_or_proposes(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("take", "assign")))
    def agent_takes_or_assigns(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("postpone", "dev")), days=DAYS)
    def agent_postpones(self, agent: Person, pick: int, name: str, days: int) -> None:
        self.commanded(agent, pick, name, days)

    @rule(agent=AGENT, pick=RECENT)
    def agent_resumes(self, agent: Person, pick: int) -> None:
        self.commanded(agent, pick, "resume")

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("priority", "category", "set")))
    def agent_sorts(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("close", "spam")))
    def agent_closes(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT)
    def agent_reopens(self, agent: Person, pick: int) -> None:
        self.commanded(agent, pick, "reopen")

    @rule(agent=AGENT, pick=RECENT, other=RECENT)
    def agent_merges(self, agent: Person, pick: int, other: int) -> None:
        """Into a ticket of the same customer where there is one, else into somebody else's, which is refused."""
        ticket = self.in_topic(pick)
        if ticket is None:
            return
        tickets = self.picture.tickets.values()
        theirs = [row for row in tickets if row["conversation_id"] == ticket.conversation_id and row["id"] != ticket.id]
        found = theirs or list(tickets)
        kept = found[-1 - other % len(found)]
        expected = Expected() if agent in self.absent else model.merge(self.picture, ticket.id, kept["id"])
        name = "agent_merges" if expected.statuses else "agent_merges_in_vain"
        self.act(name, expected, agents.says(self.stage, agent, ticket, f"/merge #{kept['number']}"))

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("ban", "unban", "unban")))
    def lead_bans(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("vip", "vip", "unvip", "agents")))
    def lead_favours(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("history", "tickets", "status", "help", "unknown")))
    def agent_looks(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("away", "away", "back", "handover")), days=DAYS)
    def agent_goes_or_comes(self, agent: Person, pick: int, name: str, days: int) -> None:
        self.commanded(agent, pick, name, days)

    @rule(agent=AGENT, pick=RECENT, name=st.sampled_from(("tag", "untag", "autoclose")))
    def agent_tags(self, agent: Person, pick: int, name: str) -> None:
        self.commanded(agent, pick, name)

    @rule(agent=AGENT, pick=PICK)
    def agent_presses(self, agent: Person, pick: int) -> None:
        """A button of a card, one about no ticket (an agent's return), or "send again"."""
        tokens = agents.card_buttons(self.stage)
        token = tokens[pick % len(tokens)] if tokens else "d:1:take"
        press = decode(token)
        expected = Expected()
        if press is not None and press.verb is Verb.DESK and press.id:
            anybody = press.argument(0) == "assign" and press.argument(1) == "*"
            expected = self.allowed(agent, press.id, "anybody" if anybody else press.argument(0))
        name = "agent_presses_resend" if press and press.verb is Verb.RESEND else "agent_presses"
        self.act(name, expected, agents.presses_token(self.stage, agent, token))

    @rule(agent=AGENT, present=st.sampled_from((True, True, False)))
    def agent_leaves_or_returns(self, agent: Person, present: bool) -> None:
        self.act("agent_leaves_or_returns", Expected(), agents.leaves(self.stage, agent, present=present))
        (self.absent.discard if present else self.absent.add)(agent)


class LivesGoOn(AgentsAct):
    """Several acts in a row, so that tickets grow old enough for the rarer ones."""

    @rule(agent=AGENT, pick=RECENT, verb=DECISIONS, meanwhile=st.sampled_from(("", "", "ban", "propose", "resume")))
    def a_proposal_is_answered(self, agent: Person, pick: int, verb: Verb, meanwhile: str) -> None:
        """By its owner, who may have been banned, or given a newer proposal, or none, meanwhile."""
        ticket = self.in_topic(pick)
        if ticket is None:
            return
        self.commanded(agent, pick, "propose")
        self.act("proposal_goes_out", Expected(), self.stage.outbox.drain())
        token = encode(verb, ticket.id, str(self.picture.tickets[ticket.id]["proposal"]))
        if meanwhile:
            self.commanded(AGENTS[-1], pick, meanwhile)
        chat = self.picture.chat(ticket.id)
        who = next(each for each in CUSTOMERS if chat_of(each) == chat)
        expected = model.press(self.picture, chat, decode(token))
        self.act("proposal_is_answered", expected, customers.presses_token(self.stage, who, token))

    @rule(agent=AGENT, pick=RECENT, days=st.integers(1, 5), name=st.sampled_from(("ask", "propose")))
    def nobody_answers_for_days(self, agent: Person, pick: int, days: int, name: str) -> None:
        self.commanded(agent, pick, name)
        self.act("question_goes_out", Expected(), self.stage.outbox.drain())
        for _ in range(days):
            self.act("a_day_of_silence", Expected(), self.stage.passes(86_400))
            self.act("silence_is_looked_at", model.time(self.picture, self.stage.clock.now()), self.swept())

    @rule(agent=AGENT, pick=RECENT, hours=st.integers(1, 6), name=st.sampled_from(("", "take", "reply")))
    def an_agent_forgets(self, agent: Person, pick: int, hours: int, name: str) -> None:
        """Hour after hour nobody says a word, and somebody looks at the clocks each time."""
        if name:
            self.commanded(agent, pick, name)
        for _ in range(hours):
            self.act("an_hour_of_nothing", Expected(), self.stage.passes(3_600))
            self.act("clocks_are_looked_at", model.time(self.picture, self.stage.clock.now()), self.swept())


class WorldActs(LivesGoOn):
    """What time, the platforms and the process do."""

    @rule(seconds=st.sampled_from((2, 30, 60, 700)))
    def minutes_go_by(self, seconds: int) -> None:
        self.act("minutes_go_by", Expected(), self.stage.passes(seconds))

    @rule(hours=st.sampled_from((1, 5, 12, 25)))
    def hours_go_by(self, hours: int) -> None:
        self.act("hours_go_by", Expected(), self.stage.passes(hours * 3600))

    @rule(days=DAYS)
    def days_go_by(self, days: int) -> None:
        self.act("days_go_by", Expected(), self.stage.passes(days * 86_400))

    @rule()
    def timers_are_swept(self) -> None:
        self.act("timers_are_swept", model.time(self.picture, self.stage.clock.now()), self.swept())

    @rule()
    def outbox_delivers(self) -> None:
        self.act("outbox_delivers", Expected(), self.stage.outbox.drain())

    @rule()
    def leases_are_looked_at(self) -> None:
        self.act("leases_are_looked_at", Expected(), self.stage.releases())

    @precondition(lambda self: self.stage.receiptable())
    @rule(pick=PICK, status=st.sampled_from((ReceiptStatus.SENT, ReceiptStatus.DELIVERED, ReceiptStatus.READ)))
    def receipt_comes(self, pick: int, status: ReceiptStatus) -> None:
        """In any order; after a failure nothing more comes."""
        found = [taken for taken in self.stage.receiptable() if not taken.undone]
        if found:
            self.act("receipt_comes", Expected(), self.stage.receipt(found[-1 - pick % len(found)], status))

    @precondition(lambda self: self.stage.failable())
    @rule(pick=PICK, code=LATE_CODES)
    def message_fails_late(self, pick: int, code: str) -> None:
        found = self.stage.failable()
        late = self.stage.receipt(found[-1 - pick % len(found)], ReceiptStatus.FAILED, code)
        self.act("message_fails_late", Expected(), late)

    @rule(side=SIDES, fault=st.sampled_from(Fault))
    def next_call_goes_wrong(self, side: str, fault: Fault) -> None:
        self.stage.platforms.forecast[side].append(fault)

    @rule(who=WHO, fault=st.sampled_from(Fault))
    def words_meet_a_fault(self, who: Person, fault: Fault) -> None:
        """A customer writes, and the next call on every side goes wrong."""
        for side in self.stage.platforms.forecast.values():
            side.append(fault)
        self.customer_writes(who, "plain")
        self.act("words_meet_a_fault", Expected(), self.stage.outbox.drain())

    @rule(agent=AGENT, fault=st.sampled_from(Fault))
    def answer_meets_a_fault(self, agent: Person, fault: Fault) -> None:
        for side in self.stage.platforms.forecast.values():
            side.append(fault)
        self.agent_answers(agent, 0)
        self.act("answer_meets_a_fault", Expected(), self.stage.outbox.drain())

    @rule(side=SIDES, kind=st.integers(0, 3))
    def platform_is_away(self, side: str, kind: int) -> None:
        self.stage.platforms.outage(side, kind)

    @rule(failures=st.integers(1, 3))
    def files_do_not_come(self, failures: int) -> None:
        self.stage.platforms.files_fail = failures

    @rule()
    def all_is_well_again(self) -> None:
        self.stage.platforms.heal()

    @rule(away=st.sampled_from((0, 5, 400, 90_000)))
    def process_starts_anew(self, away: int) -> None:
        self.act("process_starts_anew", Expected(), self.stage.restarts(away))

    @precondition(lambda self: self.stage.items)
    @rule(pick=st.integers(0, 40), anew=st.booleans())
    def platform_repeats_itself(self, pick: int, anew: bool) -> None:
        self.act("platform_repeats_itself", Expected(), self.stage.repeats(pick, anew=anew))
