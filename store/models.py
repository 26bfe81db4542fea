"""The tables as Tortoise sees them; private to the store. The truth about constraints is in `migrations/`.

Columns that point to other rows are plain numbers here: the database enforces them, and no query ever joins by guess.
"""

from tortoise import fields
from tortoise.models import Model

from bot.domain.ledger import Delivery, Visibility
from bot.domain.message import Kind
from bot.domain.people import Role
from bot.domain.sla.policy import ClockKind, Recipient
from bot.domain.ticket import Action, ActorKind, CloseReason, Priority, Status
from bot.domain.timers import TimerKind


class Row(Model):
    """A table whose ids are never used twice."""

    id = fields.BigIntField(primary_key=True)

    class Meta:
        abstract = True


class RequesterRow(Row):
    name = fields.TextField()
    username = fields.TextField(default="")
    phone = fields.TextField(default="")
    locale = fields.TextField()
    vip = fields.BooleanField(default=False)
    banned = fields.BooleanField(default=False)
    created_at = fields.BigIntField()

    class Meta:
        table = "requester"


class ConversationRow(Row):
    channel = fields.TextField()
    requester_id = fields.BigIntField()
    ticket_id = fields.BigIntField(null=True)
    last_inbound_at = fields.BigIntField(null=True)
    awaiting = fields.TextField(default="")
    reachable = fields.BooleanField(default=True)
    created_at = fields.BigIntField()

    class Meta:
        table = "conversation"


class IdentityRow(Row):
    channel = fields.TextField()
    key = fields.TextField()
    conversation_id = fields.BigIntField()
    rank = fields.IntField()

    class Meta:
        table = "identity"


class TicketRow(Row):
    number = fields.TextField()
    year = fields.IntField()
    sequence = fields.IntField()
    conversation_id = fields.BigIntField()
    requester_id = fields.BigIntField()
    status = fields.CharEnumField(Status)
    priority = fields.CharEnumField(Priority)
    category = fields.TextField()
    subject = fields.TextField()
    answers = fields.JSONField[dict[str, str]]()
    skipped = fields.JSONField[list[str]]()
    intake = fields.TextField()
    intake_until = fields.BigIntField(null=True)
    assignee = fields.BigIntField(null=True)
    assignee_name = fields.TextField()
    created_at = fields.BigIntField()
    status_since = fields.BigIntField()
    first_response_at = fields.BigIntField(null=True)
    waiting_since = fields.BigIntField(null=True)
    closed_at = fields.BigIntField(null=True)
    close_reason = fields.CharEnumField(CloseReason, null=True)
    proposal = fields.IntField()
    reopened = fields.IntField()
    postponed_until = fields.BigIntField(null=True)
    postpone_reason = fields.TextField()
    engineer = fields.TextField()
    issue_key = fields.TextField()
    eta = fields.BigIntField(null=True)
    follow_up_of = fields.BigIntField(null=True)
    tags = fields.JSONField[list[str]]()
    merged_into = fields.TextField()
    links = fields.JSONField[list[str]]()
    version = fields.IntField()

    class Meta:
        table = "ticket"


class HistoryRow(Row):
    ticket_id = fields.BigIntField()
    at = fields.BigIntField()
    actor_kind = fields.CharEnumField(ActorKind)
    actor_id = fields.BigIntField()
    actor_name = fields.TextField()
    action = fields.CharEnumField(Action)
    before = fields.CharEnumField(Status)
    after = fields.CharEnumField(Status)
    reason = fields.TextField()
    details = fields.TextField()

    class Meta:
        table = "history"


class TimerRow(Row):
    ticket_id = fields.BigIntField()
    kind = fields.CharEnumField(TimerKind)
    due_at = fields.BigIntField()
    state = fields.TextField()
    epoch = fields.TextField()
    lease_until = fields.BigIntField()
    attempts = fields.IntField()

    class Meta:
        table = "timer"


class EscalationRow(Row):
    ticket_id = fields.BigIntField()
    clock = fields.CharEnumField(ClockKind)
    since = fields.BigIntField()
    step = fields.TextField()
    recipient = fields.CharEnumField(Recipient)
    due_at = fields.BigIntField()
    deadline = fields.BigIntField()
    told = fields.BooleanField(default=False)

    class Meta:
        table = "escalation"


class ClosedDayRow(Row):
    day = fields.TextField()
    reason = fields.TextField()

    class Meta:
        table = "closed_day"


class MessageRow(Row):
    ticket_id = fields.BigIntField()
    author = fields.CharEnumField(ActorKind)
    author_id = fields.BigIntField()
    author_name = fields.TextField()
    visibility = fields.CharEnumField(Visibility)
    content = fields.TextField()
    at = fields.BigIntField()
    delivery = fields.CharEnumField(Delivery)
    failure = fields.TextField()
    reply_to = fields.BigIntField(null=True)
    edited_at = fields.BigIntField(null=True)
    revoked = fields.BooleanField()
    album = fields.TextField()
    cost_class = fields.TextField(default="")

    class Meta:
        table = "message"


class FileRecord(Row):
    message_id = fields.BigIntField()
    source = fields.TextField()
    ref = fields.TextField()
    kind = fields.CharEnumField(Kind)
    name = fields.TextField()
    mime = fields.TextField()
    size = fields.BigIntField(null=True)
    path = fields.TextField(default="")
    sha256 = fields.TextField(default="")
    state = fields.TextField(default="remote")
    error = fields.TextField(default="")

    class Meta:
        table = "file"


class PostRow(Row):
    place = fields.TextField()
    external_id = fields.TextField()
    message_id = fields.BigIntField(null=True)
    ticket_id = fields.BigIntField()
    account = fields.BigIntField(default=0)

    class Meta:
        table = "post"


class TopicRow(Model):
    ticket_id = fields.BigIntField(primary_key=True, generated=False)
    chat = fields.TextField()
    thread = fields.TextField()
    card_id = fields.TextField()
    name = fields.TextField()

    class Meta:
        table = "topic"


class AgentRow(Model):
    id = fields.BigIntField(primary_key=True, generated=False)
    name = fields.TextField()
    username = fields.TextField()
    role = fields.CharEnumField(Role, null=True)
    present = fields.BooleanField()
    away_until = fields.BigIntField(null=True)
    seen_at = fields.BigIntField(default=0)

    class Meta:
        table = "agent"


class AuditRow(Row):
    at = fields.BigIntField()
    actor_id = fields.BigIntField()
    action = fields.TextField()
    ticket_id = fields.BigIntField(null=True)
    old = fields.TextField()
    new = fields.TextField()

    class Meta:
        table = "audit"
