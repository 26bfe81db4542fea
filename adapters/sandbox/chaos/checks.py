"""Every message is accounted for: what people wrote against the database and against both platforms' truth."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.sandbox.chaos.books import Books
from adapters.sandbox.chaos.plan import Line
from adapters.sandbox.chaos.stage import Stage
from adapters.sandbox.chaos.watch import marks

Finding = tuple[str, str]
"""The name of what went wrong, and the mark or number that shows it."""

_OUT = frozenset({"sent", "delivered", "read"})
_NOT_YET = frozenset({"stored", "sending"})


def inbound(written: Sequence[Line], books: Books) -> Iterator[Finding]:
    """Everything written is stored once, in its writer's own ticket, in the order it was written."""
    stored = Counter(kept.mark for kept in books.messages)
    for line in written:
        if stored[line.mark] == 0:
            yield "inbound lost", line.mark
        elif stored[line.mark] > 1:
            yield "inbound doubled", line.mark
    order = [kept.mark for kept in books.messages]
    for mark in disorder(_by_stream(order), _by_stream(line.mark for line in written)):
        yield "inbound out of order", mark
    yield from _misplaced(books)


def _misplaced(books: Books) -> Iterator[Finding]:
    """One conversation per person, one person per conversation, one open ticket per conversation."""
    homes: dict[int, int] = {}
    owners: dict[int, str] = {}
    for kept in books.messages:
        person = kept.mark[1:5]
        if homes.setdefault(kept.ticket, kept.conversation) != kept.conversation:
            yield "in two conversations", kept.mark
        if owners.setdefault(kept.conversation, person) != person:
            yield "in somebody else's ticket", kept.mark
    if len(owners) != len(set(owners.values())):
        yield "a person with two conversations", f"{len(owners) - len(set(owners.values()))}"
    for conversation, tickets in books.open_tickets.items():
        if tickets > 1:
            yield "more than one open ticket", f"conversation {conversation}"


def house(books: Books) -> Iterator[Finding]:
    """The database is sound, and nothing is left half done."""
    yield from (("database damaged", line) for line in books.damage)
    counts = {
        "a ticket without a message": books.empty_tickets,
        "parked in the inbox": books.parked,
        "claimed by nobody": books.claimed,
        "a timer that did not go off": books.unfired,
        "a timer that went off twice": books.ended_intakes,
    }
    yield from ((name, str(count)) for name, count in counts.items() if count)


def whatsapp_out(stage: Stage, written: Sequence[Line]) -> Iterator[Finding]:
    """Every answer arrived once, in order; and no send, whatever it was, was accepted twice."""
    answers = _by_stream(line.mark for line in written)
    for person in stage.people:
        if person.channel != "whatsapp":
            continue
        thread = [message for message in stage.whatsapp.phones.thread(person.address) if message.sender == "business"]
        arrived = [mark for message in thread for mark in marks(str(message.content))]
        expected = answers[f"A{person.index:04d}"]
        yield from (("whatsapp lost", mark) for mark in missing(expected, arrived))
        trackers = Counter(message.tracker for message in thread if message.tracker)
        yield from (("whatsapp doubled", f"tracker {tracker}") for tracker, times in trackers.items() if times > 1)
        yield from _too_often("whatsapp", expected, arrived)


def telegram_out(stage: Stage, written: Sequence[Line], posts: Mapping[str, int]) -> Iterator[Finding]:
    """Every answer arrived at most once, in order; what is missing has a line with a button under the agent's post."""
    told, answers = _told(stage), _by_stream(line.mark for line in written)
    for person in stage.people:
        if person.channel != "telegram":
            continue
        shown = stage.telegram.messages(int(person.address))
        arrived = [mark for message in shown if message["from"]["is_bot"] for mark in marks(message.get("text", ""))]
        expected = answers[f"A{person.index:04d}"]
        for mark in missing(expected, arrived):
            yield ("telegram shown as uncertain" if posts[mark] in told else "telegram silently lost"), mark
        yield from _too_often("telegram", expected, arrived)


def _too_often(channel: str, expected: Sequence[str], arrived: Sequence[str]) -> Iterator[Finding]:
    yield from ((f"{channel} doubled", mark) for mark, times in Counter(arrived).items() if times > 1)
    yield from ((f"{channel} at the wrong person", mark) for mark in set(arrived) - set(expected))
    for mark in disorder({"": list(dict.fromkeys(arrived))}, {"": list(expected)}):
        yield f"{channel} out of order", mark


def _told(stage: Stage) -> set[int]:
    """The agents' posts under which the bot wrote something with a button."""
    group = stage.telegram.messages(stage.telegram.group_id)
    lines = (message for message in group if message["from"]["is_bot"] and "reply_markup" in message)
    return {message["reply_to_message"]["message_id"] for message in lines if "reply_to_message" in message}


def desk(stage: Stage, written: Sequence[Line], repeated: str) -> Iterator[Finding]:
    """Every customer's message stands in its topic; a repetition says of itself that it may be one."""
    shown: Counter[str] = Counter()
    unsaid: Counter[str] = Counter()
    for message in stage.telegram.messages(stage.telegram.group_id):
        # The card, which has buttons, quotes a ticket's first words; so does a digest, which stands in no topic.
        if not message["from"]["is_bot"] or "reply_markup" in message or "message_thread_id" not in message:
            continue
        text = message.get("text", "")
        shown.update(marks(text))
        if repeated not in text:
            unsaid.update(marks(text))
    for line in written:
        if not line.answer and not shown[line.mark]:
            yield "desk lost", line.mark
    yield from (("desk repeated without saying so", mark) for mark, times in unsaid.items() if times > 1)


def told_truth(stage: Stage, written: Sequence[Line], books: Books) -> Iterator[Finding]:
    """What the ledger calls sent was accepted, and what was accepted is not called pending."""
    accepted = set(_accepted(stage))
    answers = {line.mark for line in written if line.answer}
    for kept in books.messages:
        if kept.mark not in answers or kept.author != "agent":
            continue
        if kept.delivery in _OUT and kept.mark not in accepted:
            yield "called sent, never accepted", kept.mark
        if kept.delivery in _NOT_YET and kept.mark in accepted:
            yield "accepted, still called pending", kept.mark


def _accepted(stage: Stage) -> Iterator[str]:
    for person in stage.people:
        if person.channel == "whatsapp":
            thread = stage.whatsapp.phones.thread(person.address)
            texts = [str(message.content) for message in thread if message.sender == "business"]
        else:
            shown = stage.telegram.messages(int(person.address))
            texts = [message.get("text", "") for message in shown if message["from"]["is_bot"]]
        for text in texts:
            yield from marks(text)


def missing(expected: Iterable[str], arrived: Iterable[str]) -> list[str]:
    """What is expected and not there."""
    there = set(arrived)
    return [mark for mark in expected if mark not in there]


def disorder(found: Mapping[str, Sequence[str]], wanted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The marks that stand before one they should follow, stream by stream; copies count at their first place."""
    for stream, marks_found in found.items():
        place = {mark: index for index, mark in enumerate(wanted.get(stream, ()))}
        latest = -1
        for mark in dict.fromkeys(marks_found):
            position = place.get(mark, latest)
            if position < latest:
                yield mark
            latest = max(latest, position)


def _by_stream(found: Iterable[str]) -> dict[str, list[str]]:
    """The marks of each person and direction, in order."""
    streams: dict[str, list[str]] = defaultdict(list)
    for mark in found:
        streams[mark[:5]].append(mark)
    return streams
