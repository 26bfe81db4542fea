"""The model of R15: what one act may change, told from the state before it by rules of its own.

Whatever an act is not about must stay as it was: the statuses of all other tickets, and what is current in other
conversations. Where two outcomes are right (a contradiction that may or may not stand), both are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.press import Press, Verb
from store.sql import rows

Row = dict[str, Any]

DAY_MS = 86_400_000
REOPEN_DAYS = 7
AUTO_CLOSE_DAYS = 4
NEW_LIMIT_MS = 3_600_000
"""After that a free agent, if there is one, is given a new ticket."""
_TICKETS = """
SELECT ticket.id, ticket.created_at, number, year, sequence, conversation_id, status, proposal, closed_at, close_reason,
    merged_into, postponed_until,
    (SELECT author FROM message WHERE message.ticket_id = ticket.id AND visibility = 'public' AND author <> 'system'
        ORDER BY message.id DESC LIMIT 1) AS last_word,
    (SELECT max(message.at) FROM message WHERE message.ticket_id = ticket.id AND author = 'agent'
        AND visibility = 'public') AS answered_at
FROM ticket ORDER BY ticket.id"""
_PEOPLE = """
SELECT conversation.id, conversation.ticket_id, awaiting, requester.banned,
    (SELECT key FROM identity WHERE conversation_id = conversation.id ORDER BY rank, identity.id LIMIT 1) AS key
FROM conversation JOIN requester ON requester.id = requester_id"""

_WAITING = {"pending", "solution_proposed"}
_HELD_BACK = {"pending", "postponed", "in_development", "solution_proposed"}
_MOVES = {"ask": "pending", "propose": "solution_proposed", "postpone": "postponed", "dev": "in_development"}
_BEGINS = {"reply", "take", "assign"}


@dataclass(frozen=True, slots=True)
class Glance:
    """Tickets by id, and conversations by the customer's chat."""

    tickets: Mapping[int, Row]
    people: Mapping[str, Row]

    def chat(self, ticket_id: int) -> str:
        conversation = self.tickets[ticket_id]["conversation_id"]
        return next(chat for chat, row in self.people.items() if row["id"] == conversation)

    def current(self, chat: str) -> int | None:
        found: int | None = self.people[chat]["ticket_id"] if chat in self.people else None
        return found

    def numbered(self, sequence: int, chat: str) -> int | None:
        """The ticket of the newest year with this number, if it is this customer's."""
        found = [row for row in self.tickets.values() if row["sequence"] == sequence]
        newest = max(found, key=lambda row: row["year"], default=None)
        return newest["id"] if newest and self.chat(newest["id"]) == chat else None

    def goes_on_as(self, ticket_id: int) -> int:
        """The ticket that this one went up in, however often."""
        numbers = {row["number"]: row["id"] for row in self.tickets.values()}
        while number := self.tickets[ticket_id]["merged_into"]:
            ticket_id = numbers[number]
        return ticket_id

    def last_closed(self, chat: str) -> int | None:
        """The ticket of this chat that was closed last."""
        conversation = self.people[chat]["id"] if chat in self.people else None
        shut = [row for row in self.tickets.values() if row["conversation_id"] == conversation and row["closed_at"]]
        return max(shut, key=lambda row: (row["closed_at"], row["id"]))["id"] if shut else None


async def glance() -> Glance:
    """The state as the model sees it."""
    found = {row["id"]: row for row in await rows(_TICKETS)}
    return Glance(found, {row["key"].partition(":")[2]: row for row in await rows(_PEOPLE)})


@dataclass(slots=True)
class Expected:
    """What may be after an act; everything that is not named stays. A current ticket of 0 is the new one."""

    statuses: dict[int, set[str]] = field(default_factory=dict)
    current: dict[str, set[int | None]] = field(default_factory=dict)
    new: set[int] = field(default_factory=lambda: {0})
    last_word: dict[int, str] = field(default_factory=dict)

    def opens(self, chat: str) -> "Expected":
        """A new ticket that is the current one from now on."""
        self.new, self.current[chat] = {1}, {0}
        return self

    def perhaps_opens(self, before: Glance, chat: str) -> "Expected":
        self.new, self.current[chat] = {0, 1}, {0, before.current(chat)}
        return self

    def closes(self, before: Glance, ticket_id: int, *, surely: bool = True) -> "Expected":
        chat = before.chat(ticket_id)
        self.statuses[ticket_id] = {"closed"} if surely else {"closed", before.tickets[ticket_id]["status"]}
        if before.current(chat) == ticket_id:
            self.current[chat] = {None} if surely else {None, ticket_id}
        return self

    def reopens(self, before: Glance, ticket_id: int) -> "Expected":
        chat = before.chat(ticket_id)
        self.statuses[ticket_id] = {"open"}
        if before.current(chat) is None:
            self.current[chat] = {ticket_id}
        return self


def differences(before: Glance, after: Glance, expected: Expected) -> list[str]:
    """How the state after an act is not what the model says."""
    found = []
    fresh = sorted(after.tickets.keys() - before.tickets.keys())
    if len(fresh) not in expected.new:
        found.append(f"{len(fresh)} new tickets, expected {expected.new}")
    for ticket_id, row in before.tickets.items():
        allowed = expected.statuses.get(ticket_id, {row["status"]})
        status = after.tickets[ticket_id]["status"]
        if status not in allowed:
            found.append(f"ticket {ticket_id} went from {row['status']} to {status}, expected {allowed}")
    for chat in after.people:
        current = after.current(chat)
        shown = 0 if current in fresh else current
        if shown not in expected.current.get(chat, {before.current(chat)}):
            found.append(f"the current ticket of {chat} is {current}, expected {expected.current.get(chat)}")
    for ticket_id, author in expected.last_word.items():
        if after.tickets[ticket_id]["last_word"] != author:
            found.append(f"the last word of ticket {ticket_id} is not the {author}'s")
    return found


def words(before: Glance, chat: str, meaning: str, now: int, target: int | None = None) -> Expected:
    """A customer's message. `target` is the ticket it quotes or names."""
    person = before.people.get(chat)
    ticket_id = target
    if ticket_id is None and (person is None or person["awaiting"] != "new"):
        ticket_id = before.current(chat) or before.last_closed(chat)
    if ticket_id is None:
        return Expected().opens(chat)
    ticket_id = before.goes_on_as(ticket_id)
    ticket = before.tickets[ticket_id]
    if person is not None and person["banned"]:
        return Expected(last_word={ticket_id: "requester"})
    if ticket["status"] != "closed":
        return _to_a_live_one(before, ticket, meaning)
    return _after_closing(before, chat, ticket, meaning, now)


def _to_a_live_one(before: Glance, ticket: Row, meaning: str) -> Expected:
    ticket_id, status = ticket["id"], ticket["status"]
    expected = Expected(last_word={ticket_id: "requester"})
    if status == "solution_proposed" and meaning in {"accept", "reject"}:
        if meaning == "accept":
            return expected.closes(before, ticket_id, surely=False)
        expected.statuses[ticket_id] = {"open"}
        expected.current[before.chat(ticket_id)] = {ticket_id}
    elif status in {"pending", "postponed"}:
        stays = {"postponed"} if meaning == "answer" and status == "postponed" else set()
        expected.statuses[ticket_id] = {"open"} | stays
    return expected


def _after_closing(before: Glance, chat: str, ticket: Row, meaning: str, now: int) -> Expected:
    ticket_id, ago = ticket["id"], now - ticket["closed_at"]
    if meaning == "thanks":
        return Expected(last_word={ticket_id: "requester"})
    if ago > REOPEN_DAYS * DAY_MS:
        return Expected().opens(chat)
    if meaning in {"failing", "both"} and ticket["close_reason"] == "accepted" and ago <= 60_000:
        return Expected(last_word={ticket_id: "requester"}).reopens(before, ticket_id)
    if meaning == "choice":
        return Expected().perhaps_opens(before, chat)
    return Expected(last_word={ticket_id: "requester"})


def press(before: Glance, chat: str, pressed: Press | None) -> Expected:
    """A customer's button, which does something only on a ticket of theirs and only while they are listened to."""
    ticket = before.tickets.get(pressed.id) if pressed else None
    person = before.people.get(chat)
    if pressed is None or ticket is None or person is None or person["banned"]:
        return Expected()
    if ticket["conversation_id"] != person["id"] or ticket["merged_into"]:
        return Expected()
    if ticket["status"] == "closed":
        return _press_after_closing(before, chat, ticket, pressed)
    if ticket["status"] == "solution_proposed" and pressed.argument(0) == str(ticket["proposal"]):
        return _decision(before, chat, ticket, pressed)
    return Expected()


def _decision(before: Glance, chat: str, ticket: Row, pressed: Press) -> Expected:
    if pressed.verb is Verb.REJECT:
        return Expected(statuses={ticket["id"]: {"open"}}, current={chat: {ticket["id"]}})
    if pressed.verb in {Verb.ACCEPT, Verb.ACCEPT_ANYWAY}:
        return Expected().closes(before, ticket["id"], surely=pressed.verb is Verb.ACCEPT_ANYWAY)
    return Expected()


def _press_after_closing(before: Glance, chat: str, ticket: Row, pressed: Press) -> Expected:
    if pressed.verb is Verb.REOPEN:
        return Expected().reopens(before, ticket["id"])
    return Expected().perhaps_opens(before, chat) if pressed.verb is Verb.NEW_REQUEST else Expected()


def command(before: Glance, ticket_id: int, name: str, *, leads: bool) -> Expected:
    """An agent's command, or a plain answer (`reply`), by somebody who may do at least that."""
    status = before.tickets[ticket_id]["status"]
    if status == "closed":
        return Expected().reopens(before, ticket_id) if name == "reopen" else Expected()
    if name in {"close", "spam"}:
        return Expected().closes(before, ticket_id) if leads else Expected()
    if name == "anybody":  # whoever is free gets the ticket, if somebody is
        return Expected(statuses={ticket_id: {status, "open"} if status == "new" else {status}})
    begins = name in _BEGINS and status == "new"
    back = name == "resume" and status in _HELD_BACK
    after: str = "open" if begins or back else str(_MOVES.get(name, status))
    speaks = name in {"reply", "ask", "propose"}
    return Expected(statuses={ticket_id: {after}}, last_word={ticket_id: "agent"} if speaks else {})


def merge(before: Glance, gone_id: int, kept_id: int) -> Expected:
    """An agent's `/merge`: of two live tickets of one conversation the first is closed and goes on as the other.

    That may bring the other back from waiting; it is the current one now, unless a third ticket is.
    """
    gone, kept = before.tickets[gone_id], before.tickets[kept_id]
    if gone_id == kept_id or gone["conversation_id"] != kept["conversation_id"]:
        return Expected()
    if "closed" in {gone["status"], kept["status"]}:
        return Expected()
    chat, comes_back = before.chat(gone_id), kept["status"] in {"pending", "postponed"}
    statuses = {gone_id: {"closed"}, kept_id: {kept["status"], *(["open"] if comes_back else [])}}
    current = before.current(chat)
    return Expected(statuses=statuses, current={chat: {kept_id if current in {None, gone_id} else current}})


def time(before: Glance, now: int) -> Expected:
    """What is due now: who sleeps until now wakes; silence after an agent's word may close."""
    expected = Expected()
    for ticket_id, row in before.tickets.items():
        if row["status"] == "postponed" and row["postponed_until"] is not None and row["postponed_until"] <= now:
            expected.statuses[ticket_id] = {"open"}
        if row["status"] == "new" and now - row["created_at"] >= NEW_LIMIT_MS:
            expected.statuses[ticket_id] = {"new", "open"}
        silent = row["last_word"] == "agent" and now - row["answered_at"] >= AUTO_CLOSE_DAYS * DAY_MS
        if row["status"] in _WAITING and silent:
            expected.closes(before, ticket_id, surely=False)
    return expected
