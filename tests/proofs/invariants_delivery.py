"""What must hold of words: stored once and in order, delivered once or visibly not, to nobody else, then quiet."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from bot.domain.ledger import Delivery, Urgency
from bot.domain.ticket import Action, ActorKind, Status
from tests.fakes import Call
from tests.proofs.invariants_seen import Row, Seen, Witness, marks, payload

_WORDS = {"send", "album"}
_OUT = {Delivery.SENT, Delivery.DELIVERED, Delivery.READ}
_UNDER_WAY = {Delivery.STORED, Delivery.SENDING}
_NOT_OUT = {Delivery.PARKED, Delivery.UNCERTAIN, Delivery.FAILED, Delivery.EXPIRED}
_DESK = "desk"
_IN_ONE_COMMIT_MS = 400_000
"""So far the clock may jump between two looks of one use case."""


def stored_once(seen: Seen, witness: Witness) -> Iterator[str]:
    """What a platform was told is accepted is in one ticket of its writer, or still in the inbox (I1)."""
    waiting = {row["key"] for row in seen["inbox"] if row["state"] != "done"}
    found = _inbound(seen)
    for external_id, heard in witness.heard.items():
        at = found.pop(external_id, [])
        if len(at) > 1 or (heard.kept and not at and external_id not in waiting):
            yield f"I1: the message {external_id} is {len(at)} times in the ledger"
        for message in at:
            if seen.chat_of(message["ticket_id"]) != heard.chat:
                yield f"I10: the message {external_id} is in another customer's ticket"
    yield from (f"I1: nobody wrote the message {external_id}" for external_id in found)


def _inbound(seen: Seen) -> dict[str, list[Row]]:
    """The customers' messages in the ledger, by their external id; each only as often as it is there."""
    ledger = {row["id"]: row for row in seen["message"] if row["author"] == ActorKind.REQUESTER}
    found: dict[str, list[Row]] = defaultdict(list)
    for post in seen["post"]:
        if not post["place"].startswith(_DESK) and post["message_id"] in ledger:
            found[post["external_id"]].append(ledger[post["message_id"]])
    for message_id in ledger.keys() - {row["id"] for at in found.values() for row in at}:
        found[f"ledger row {message_id}"].append(ledger[message_id])
    return found


def order_in(seen: Seen, witness: Witness) -> Iterator[str]:
    """A customer's messages stand in the ledger in the order in which they were written (I2)."""
    found = _inbound(seen)
    lanes: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for external_id, heard in witness.heard.items():
        for message in found.get(external_id, []):
            lanes[heard.channel, heard.chat].append((heard.order, message["id"]))
    for (channel, chat), places in lanes.items():
        ids = [message_id for _, message_id in sorted(places)]
        if ids != sorted(ids):
            yield f"I2: {channel} {chat} wrote in another order than {ids}"


def recipients(witness: Witness) -> Iterator[str]:
    """A customer's chat sees only what that customer or an agent for that customer wrote, and never a note (I10)."""
    for _, call in witness.calls:
        if call.chat in witness.groups or not call.chat:
            continue
        for mark in _marks_of(call):
            if witness.owners.get(mark) != call.chat:
                yield f"I10: {mark} is not for {call.chat}, which got it by {call.verb}"


def _marks_of(call: Call) -> list[str]:
    """Every mark a call carries, on buttons and in templates as well."""
    titles = " ".join(f"{button.title} {button.description}" for line in call.part.rows for button in line)
    values = " ".join(call.part.template.parameters) if call.part.template else ""
    return marks(f"{call.words} {titles} {values}")


def answers(seen: Seen, witness: Witness) -> Iterator[str]:
    """An agent's public word is taken once, or counts as not (surely) delivered; what counts as sent was taken (I4)."""
    taken = _taken(witness)
    for message in _answers(seen):
        mark = marks(message["content"])[0]
        delivery, times = Delivery(message["delivery"]), taken[mark]
        if times > 1 + witness.repeats.get(mark, 0):
            yield f"I4: {mark} was taken {times} times"
        if times == 0 and delivery in _OUT:
            yield f"I4: {mark} counts as {delivery} and was never taken"


def _taken(witness: Witness) -> Counter[str]:
    """How often each mark was taken as a message to a customer."""
    said = (call for _, call in witness.calls if call.verb in _WORDS and call.chat not in witness.groups)
    return Counter(mark for call in said for mark in set(marks(call.words)) if mark.startswith("a"))


def _answers(seen: Seen) -> Iterator[Row]:
    """What agents wrote for customers, as the ledger has it; corrected words went another way."""
    for row in seen["message"]:
        theirs = row["author"] == ActorKind.AGENT and row["visibility"] == "public"
        if theirs and row["edited_at"] is None and marks(row["content"]):
            yield row


def order_out(seen: Seen, witness: Witness) -> Iterator[str]:
    """Answers reach a customer in the order in which they were given (I5)."""
    place = {marks(row["content"])[0]: row["id"] for row in _answers(seen)}
    lanes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for _, call in witness.calls:
        if call.verb not in _WORDS or call.chat in witness.groups:
            continue
        for mark in marks(call.words):
            if mark in place and mark not in witness.unordered:
                lanes[call.chat].append((place[mark], mark))
    for chat, arrived in lanes.items():
        for earlier, later in pairwise(arrived):
            if earlier[0] > later[0]:
                yield f"I5: {chat} got {earlier[1]} before {later[1]}"


def quiet_after_close(seen: Seen, witness: Witness) -> Iterator[str]:
    """While a ticket is closed we say nothing on it but the notice of its closing and answers to new words (I6)."""
    spoken = _spoken(seen)
    shut = {ticket_id: list(_shut_times(steps)) for ticket_id, steps in seen.steps.items()}
    for row in seen["outbox"]:
        if row["conversation_id"] is None or row["op"] not in _WORDS or row["ticket_id"] is None:
            continue
        at, chat = row["created_at"], seen.chats[row["conversation_id"]]
        while_shut = any(begin < at < end for begin, end in shut[row["ticket_id"]])
        heard = any(0 <= at - done <= _IN_ONE_COMMIT_MS for done in spoken[chat])
        if while_shut and not heard and not _asked_for(row):
            yield f"I6: ticket {row['ticket_id']} is closed, yet {row['id']} was said: {row['payload']}"


def _spoken(seen: Seen) -> dict[str, list[int]]:
    """When something of each customer's was dealt with."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in seen["inbox"]:
        if row["done_at"] is not None:
            found[row["lane"]].append(row["done_at"])
    return found


def _shut_times(steps: list[Row]) -> Iterator[tuple[int, float]]:
    """From when to when a ticket was closed."""
    since: int | None = None
    for step in steps:
        if step["after"] == Status.CLOSED and step["before"] != Status.CLOSED:
            since = step["at"]
        elif step["action"] == Action.REOPEN and since is not None:
            yield since, step["at"]
            since = None
    if since is not None:
        yield since, float("inf")


def _asked_for(row: Row) -> bool:
    """An agent's own words are no notice of ours, nor is the knock that announces one which is put aside."""
    part = payload(row).get("part", {})
    knock = bool((part.get("template") or {}).get("buttons"))
    return knock or any(mark.startswith("a") for mark in marks(part.get("text", "")))


def limbo(seen: Seen, witness: Witness) -> Iterator[str]:
    """Nothing is half done or waits without end once all is well again (I9)."""
    for row in seen["outbox"]:
        again = row["channel"] == _DESK and row["state"] == "uncertain"
        if row["state"] in {"pending", "sending"} or again:
            yield f"I9: errand {row['id']} ({row['op']}, {row['lane']}) is still {row['state']}: {row['error']}"
    for row in seen["inbox"]:
        if row["state"] in {"waiting", "claimed"}:
            yield f"I9: the item {row['key']} is still {row['state']}"
    for row in seen["timer"]:
        if row["state"] == "claimed" or (row["state"] == "armed" and row["due_at"] <= witness.now):
            yield f"I9: the {row['kind']} of ticket {row['ticket_id']} did not go off"
    for message in _answers(seen):
        if message["delivery"] in _UNDER_WAY:
            yield f"I9: {marks(message['content'])[0]} is still {message['delivery']}"


def shown(seen: Seen, witness: Witness) -> Iterator[str]:
    """What a customer wrote stands in the agents' group, unless the platform refused it there for good (I9)."""
    there = {mark for _, call in witness.calls if call.chat in witness.groups for mark in marks(call.words)}
    failed = [row for row in seen["outbox"] if row["channel"] == _DESK and row["state"] == "failed"]
    refused = {each for row in failed for each in payload(row).get("messages", [row["message_id"]])}
    banned = {row["ticket_id"] for row in seen["audit"] if row["action"] == "ban"}
    unheard = {seen.tickets[ticket_id]["requester_id"] for ticket_id in banned}
    for message in seen["message"]:
        if message["author"] != ActorKind.REQUESTER or message["author_id"] in unheard or message["id"] in refused:
            continue
        for mark in marks(message["content"]) if message["edited_at"] is None else ():
            if mark not in there:
                yield f"I9: {mark} was never shown to the agents"


def untold(seen: Seen) -> Iterator[str]:
    """An answer that did not surely arrive has a line in the topic that says so (I4, I9); so has a parked item."""
    told = {payload(row).get("reply_to") for row in seen["outbox"] if row["urgency"] == Urgency.FAILURE}
    for message in _answers(seen):
        if message["delivery"] in _NOT_OUT and message["id"] not in told:
            yield f"I4: {marks(message['content'])[0]} is {message['delivery']} and nobody was told"
    notices = [payload(row)["part"]["text"] for row in seen["outbox"] if row["lane"].startswith(f"{_DESK}:chat:")]
    for row in seen["inbox"]:
        if row["state"] == "parked" and not any(str(row["id"]) in text for text in notices):
            yield f"I9: the item {row['key']} was put aside and nobody was told"
