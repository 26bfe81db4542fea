CREATE TABLE agent (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    username TEXT NOT NULL,
    role TEXT CHECK (role IN ('agent', 'lead', 'admin', 'owner')),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    away_until INTEGER,
    seen_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor_id INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action <> ''),
    ticket_id INTEGER REFERENCES ticket (id),
    old TEXT NOT NULL,
    new TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit is append-only');
END;

CREATE TABLE bookmark (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE closed_day (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL UNIQUE CHECK (day <> ''),
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE condition (
    subject TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state <> ''),
    since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    requester_id INTEGER NOT NULL REFERENCES requester (id),
    ticket_id INTEGER REFERENCES ticket (id),
    last_inbound_at INTEGER,
    awaiting TEXT NOT NULL DEFAULT '',
    reachable INTEGER NOT NULL DEFAULT 1 CHECK (reachable IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX conversation_current_ticket ON conversation (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE INDEX conversation_requester ON conversation (requester_id);

CREATE TABLE counter (
    year INTEGER PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE escalation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    clock TEXT NOT NULL CHECK (clock IN ('first_response', 'resolution', 'next_update', 'status_limit')),
    since INTEGER NOT NULL,
    step TEXT NOT NULL CHECK (step <> ''),
    recipient TEXT NOT NULL CHECK (
        recipient IN ('assignee', 'lead', 'admin', 'next_group', 'requester', 'another_agent')
    ),
    due_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    UNIQUE (ticket_id, clock, since, step)
) STRICT;

CREATE INDEX escalation_untold ON escalation (due_at, id) WHERE NOT told;

CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL UNIQUE REFERENCES message (id),
    source TEXT NOT NULL,
    ref TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (
        kind IN (
            'text', 'photo', 'video', 'video_note', 'animation', 'audio', 'voice', 'document', 'sticker', 'location',
            'contact', 'other'
        )
    ),
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size INTEGER,
    path TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'remote' CHECK (state IN ('remote', 'stored', 'failed')),
    error TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE gesture (
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('revoked', 'reacted')),
    emoji TEXT NOT NULL,
    at INTEGER NOT NULL,
    early INTEGER NOT NULL CHECK (early IN (0, 1)),
    PRIMARY KEY (channel, external_id, kind)
) STRICT;

CREATE INDEX gesture_age ON gesture (at);

CREATE TABLE history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('requester', 'agent', 'system')),
    actor_id INTEGER NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL CHECK (
        action IN (
            'create', 'take', 'assign', 'reply', 'ask', 'propose', 'postpone', 'dev', 'resume', 'wake', 'answer',
            'accept', 'reject', 'withdraw', 'expire', 'close', 'reopen', 'set'
        )
    ),
    before TEXT NOT NULL CHECK (
        before IN ('new', 'open', 'pending', 'postponed', 'in_development', 'solution_proposed', 'closed')
    ),
    after TEXT NOT NULL CHECK (
        after IN ('new', 'open', 'pending', 'postponed', 'in_development', 'solution_proposed', 'closed')
    ),
    reason TEXT NOT NULL,
    details TEXT NOT NULL CHECK (json_valid(details))
) STRICT;

CREATE TRIGGER history_no_delete BEFORE DELETE ON history BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE TRIGGER history_no_update BEFORE UPDATE ON history BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE INDEX history_ticket ON history (ticket_id, id);

CREATE TABLE identity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    key TEXT NOT NULL CHECK (key <> ''),
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    rank INTEGER NOT NULL,
    UNIQUE (channel, key)
) STRICT;

CREATE INDEX identity_conversation ON identity (conversation_id, rank);

CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    key TEXT NOT NULL,
    lane TEXT NOT NULL,
    slot INTEGER NOT NULL,
    raw BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'claimed', 'done', 'parked')),
    received_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    done_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    epoch TEXT NOT NULL DEFAULT '',
    lease_until INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    UNIQUE (channel, key)
) STRICT;

CREATE INDEX inbox_done ON inbox (done_at) WHERE state = 'done';

CREATE INDEX inbox_lanes ON inbox (channel, lane, id, state, slot) WHERE state IN ('waiting', 'claimed');

CREATE INDEX inbox_parked ON inbox (id) WHERE state = 'parked';

CREATE INDEX inbox_waiting ON inbox (received_at, due_at) WHERE state = 'waiting';

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    agent_id INTEGER NOT NULL REFERENCES agent (id),
    chat TEXT NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    PRIMARY KEY (agent_id, chat)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    author TEXT NOT NULL CHECK (author IN ('requester', 'agent', 'system')),
    author_id INTEGER NOT NULL,
    author_name TEXT NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'note')),
    content TEXT NOT NULL CHECK (json_valid(content)),
    at INTEGER NOT NULL,
    delivery TEXT NOT NULL CHECK (
        delivery IN (
            'received', 'stored', 'sending', 'sent', 'delivered', 'read', 'parked', 'uncertain', 'failed', 'expired'
        )
    ),
    failure TEXT NOT NULL,
    reply_to INTEGER REFERENCES message (id),
    edited_at INTEGER,
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
    album TEXT NOT NULL,
    cost_class TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX message_album ON message (ticket_id, album) WHERE album <> '';

CREATE INDEX message_ticket ON message (ticket_id, id);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    lane TEXT NOT NULL,
    op TEXT NOT NULL CHECK (
        op IN ('send', 'album', 'edit', 'react', 'read', 'answer', 'card', 'mark')
    ),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    urgency INTEGER NOT NULL CHECK (urgency BETWEEN 0 AND 4),
    budget TEXT NOT NULL,
    coalesce_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('pending', 'sending', 'sent', 'uncertain', 'failed', 'parked', 'expired')
    ),
    ticket_id INTEGER REFERENCES ticket (id),
    conversation_id INTEGER REFERENCES conversation (id),
    message_id INTEGER REFERENCES message (id),
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    ready_at INTEGER NOT NULL,
    expires_at INTEGER,
    attempts INTEGER NOT NULL,
    external_id TEXT NOT NULL,
    error TEXT NOT NULL,
    epoch TEXT NOT NULL DEFAULT '',
    lease_until INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER
) STRICT;

CREATE UNIQUE INDEX outbox_coalesce ON outbox (coalesce_key) WHERE state = 'pending' AND coalesce_key <> '';

CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'pending';

CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE INDEX outbox_external ON outbox (channel, external_id) WHERE external_id <> '';

CREATE INDEX outbox_lanes ON outbox (channel, lane, id, state) WHERE state IN ('pending', 'sending');

CREATE INDEX outbox_parked ON outbox (conversation_id) WHERE state = 'parked';

CREATE INDEX outbox_pending ON outbox (ready_at, due_at) WHERE state = 'pending';

CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state IN ('sent', 'failed', 'expired');

CREATE INDEX outbox_uncertain ON outbox (channel, due_at) WHERE state = 'uncertain';

CREATE TABLE post (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL,
    external_id TEXT NOT NULL,
    message_id INTEGER REFERENCES message (id),
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    account INTEGER NOT NULL DEFAULT 0,
    UNIQUE (place, external_id)
) STRICT;

CREATE INDEX post_message ON post (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE requester (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    username TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    locale TEXT NOT NULL CHECK (locale <> ''),
    vip INTEGER NOT NULL DEFAULT 0 CHECK (vip IN (0, 1)),
    banned INTEGER NOT NULL DEFAULT 0 CHECK (banned IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE TABLE ticket (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    year INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    requester_id INTEGER NOT NULL REFERENCES requester (id),
    status TEXT NOT NULL CHECK (
        status IN ('new', 'open', 'pending', 'postponed', 'in_development', 'solution_proposed', 'closed')
    ),
    priority TEXT NOT NULL CHECK (priority IN ('critical', 'high', 'medium', 'low')),
    category TEXT NOT NULL,
    subject TEXT NOT NULL,
    answers TEXT NOT NULL CHECK (json_valid(answers)),
    skipped TEXT NOT NULL CHECK (json_valid(skipped)),
    intake TEXT NOT NULL,
    intake_until INTEGER,
    assignee INTEGER,
    assignee_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status_since INTEGER NOT NULL,
    first_response_at INTEGER,
    waiting_since INTEGER,
    closed_at INTEGER,
    close_reason TEXT CHECK (
        close_reason IN ('accepted', 'no_answer', 'withdrawn', 'answered_by_article', 'merged', 'spam', 'by_lead')
    ),
    proposal INTEGER NOT NULL,
    reopened INTEGER NOT NULL,
    postponed_until INTEGER,
    postpone_reason TEXT NOT NULL,
    engineer TEXT NOT NULL,
    issue_key TEXT NOT NULL,
    eta INTEGER,
    follow_up_of INTEGER REFERENCES ticket (id),
    tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
    version INTEGER NOT NULL, merged_into TEXT NOT NULL DEFAULT ''
    CHECK (merged_into = '' OR (close_reason IS NOT NULL AND close_reason = 'merged')), links TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(links)),
    UNIQUE (year, sequence)
) STRICT;

CREATE INDEX ticket_assignee ON ticket (assignee) WHERE status <> 'closed';

CREATE INDEX ticket_conversation ON ticket (conversation_id, closed_at);

CREATE INDEX ticket_requester ON ticket (requester_id);

CREATE INDEX ticket_sequence ON ticket (sequence, year);

CREATE INDEX ticket_status ON ticket (status);

CREATE TABLE timer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    kind TEXT NOT NULL CHECK (kind IN ('intake_end', 'auto_close_reminder', 'auto_close', 'wake', 'eta', 'sla')),
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'armed' CHECK (state IN ('armed', 'claimed', 'fired')),
    epoch TEXT NOT NULL DEFAULT '',
    lease_until INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (ticket_id, kind)
) STRICT;

CREATE INDEX timer_armed ON timer (due_at) WHERE state = 'armed';

CREATE INDEX timer_claimed ON timer (lease_until) WHERE state = 'claimed';

CREATE TABLE topic (
    ticket_id INTEGER PRIMARY KEY REFERENCES ticket (id),
    chat TEXT NOT NULL,
    thread TEXT NOT NULL,
    card_id TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX topic_place ON topic (chat, thread) WHERE thread <> '';

