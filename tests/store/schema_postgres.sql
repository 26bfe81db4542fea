agent:
    id bigint NOT NULL
    name text NOT NULL
    username text NOT NULL
    role text
    present boolean NOT NULL
    away_until bigint
    seen_at bigint NOT NULL DEFAULT 0
    CHECK ((role = ANY (ARRAY['agent'::text, 'lead'::text, 'admin'::text, 'owner'::text])))
    PRIMARY KEY (id)

audit:
    id bigint NOT NULL DEFAULT identity
    at bigint NOT NULL
    actor_id bigint NOT NULL
    action text NOT NULL
    ticket_id bigint
    old text NOT NULL
    new text NOT NULL
    CHECK ((action <> ''::text))
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON public.audit FOR EACH ROW EXECUTE FUNCTION append_only()
    CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION append_only()
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION append_only()

bookmark:
    name text NOT NULL
    value bigint NOT NULL
    PRIMARY KEY (name)

closed_day:
    id bigint NOT NULL DEFAULT identity
    day text NOT NULL
    reason text NOT NULL
    CHECK ((day <> ''::text))
    PRIMARY KEY (id)
    UNIQUE (day)

condition:
    subject text NOT NULL
    state text NOT NULL
    since bigint NOT NULL
    seen_at bigint NOT NULL
    CHECK ((state <> ''::text))
    PRIMARY KEY (subject)

conversation:
    id bigint NOT NULL DEFAULT identity
    channel text NOT NULL
    requester_id bigint NOT NULL
    ticket_id bigint
    last_inbound_at bigint
    awaiting text NOT NULL DEFAULT ''::text
    reachable boolean NOT NULL DEFAULT true
    created_at bigint NOT NULL
    FOREIGN KEY (requester_id) REFERENCES requester(id)
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)

counter:
    year bigint NOT NULL
    value bigint NOT NULL
    PRIMARY KEY (year)

escalation:
    id bigint NOT NULL DEFAULT identity
    ticket_id bigint NOT NULL
    clock text NOT NULL
    since bigint NOT NULL
    step text NOT NULL
    recipient text NOT NULL
    due_at bigint NOT NULL
    deadline bigint NOT NULL
    told boolean NOT NULL DEFAULT false
    CHECK ((clock = ANY (ARRAY['first_response'::text, 'resolution'::text, 'next_update'::text, 'status_limit'::text])))
    CHECK ((recipient = ANY (ARRAY['assignee'::text, 'lead'::text, 'admin'::text, 'next_group'::text, 'requester'::text, 'another_agent'::text])))
    CHECK ((step <> ''::text))
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)
    UNIQUE (ticket_id, clock, since, step)

file:
    id bigint NOT NULL DEFAULT identity
    message_id bigint NOT NULL
    source text NOT NULL
    ref text NOT NULL
    kind text NOT NULL
    name text NOT NULL
    mime text NOT NULL
    size bigint
    path text NOT NULL DEFAULT ''::text
    sha256 text NOT NULL DEFAULT ''::text
    state text NOT NULL DEFAULT 'remote'::text
    error text NOT NULL DEFAULT ''::text
    CHECK ((kind = ANY (ARRAY['text'::text, 'photo'::text, 'video'::text, 'video_note'::text, 'animation'::text, 'audio'::text, 'voice'::text, 'document'::text, 'sticker'::text, 'location'::text, 'contact'::text, 'other'::text])))
    CHECK ((state = ANY (ARRAY['remote'::text, 'stored'::text, 'failed'::text])))
    FOREIGN KEY (message_id) REFERENCES message(id)
    PRIMARY KEY (id)
    UNIQUE (message_id)

gesture:
    channel text NOT NULL
    external_id text NOT NULL
    kind text NOT NULL
    emoji text NOT NULL
    at bigint NOT NULL
    early boolean NOT NULL
    CHECK ((kind = ANY (ARRAY['revoked'::text, 'reacted'::text])))
    PRIMARY KEY (channel, external_id, kind)

history:
    id bigint NOT NULL DEFAULT identity
    ticket_id bigint NOT NULL
    at bigint NOT NULL
    actor_kind text NOT NULL
    actor_id bigint NOT NULL
    actor_name text NOT NULL
    action text NOT NULL
    before text NOT NULL
    after text NOT NULL
    reason text NOT NULL
    details text NOT NULL
    CHECK ((action = ANY (ARRAY['create'::text, 'take'::text, 'assign'::text, 'reply'::text, 'ask'::text, 'propose'::text, 'postpone'::text, 'dev'::text, 'resume'::text, 'wake'::text, 'answer'::text, 'accept'::text, 'reject'::text, 'withdraw'::text, 'expire'::text, 'close'::text, 'reopen'::text, 'set'::text])))
    CHECK ((actor_kind = ANY (ARRAY['requester'::text, 'agent'::text, 'system'::text])))
    CHECK ((after = ANY (ARRAY['new'::text, 'open'::text, 'pending'::text, 'postponed'::text, 'in_development'::text, 'solution_proposed'::text, 'closed'::text])))
    CHECK ((before = ANY (ARRAY['new'::text, 'open'::text, 'pending'::text, 'postponed'::text, 'in_development'::text, 'solution_proposed'::text, 'closed'::text])))
    CHECK (((details)::json IS NOT NULL))
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)
    CREATE TRIGGER history_no_delete BEFORE DELETE ON public.history FOR EACH ROW EXECUTE FUNCTION append_only()
    CREATE TRIGGER history_no_truncate BEFORE TRUNCATE ON public.history FOR EACH STATEMENT EXECUTE FUNCTION append_only()
    CREATE TRIGGER history_no_update BEFORE UPDATE ON public.history FOR EACH ROW EXECUTE FUNCTION append_only()

identity:
    id bigint NOT NULL DEFAULT identity
    channel text NOT NULL
    key text NOT NULL
    conversation_id bigint NOT NULL
    rank bigint NOT NULL
    CHECK ((key <> ''::text))
    FOREIGN KEY (conversation_id) REFERENCES conversation(id)
    PRIMARY KEY (id)
    UNIQUE (channel, key)

inbox:
    id bigint NOT NULL DEFAULT identity
    channel text NOT NULL
    key text NOT NULL
    lane text NOT NULL
    slot bigint NOT NULL
    raw bytea NOT NULL
    state text NOT NULL DEFAULT 'waiting'::text
    received_at bigint NOT NULL
    due_at bigint NOT NULL
    done_at bigint
    attempts bigint NOT NULL DEFAULT 0
    epoch text NOT NULL DEFAULT ''::text
    lease_until bigint NOT NULL DEFAULT 0
    error text NOT NULL DEFAULT ''::text
    CHECK ((state = ANY (ARRAY['waiting'::text, 'claimed'::text, 'done'::text, 'parked'::text])))
    PRIMARY KEY (id)
    UNIQUE (channel, key)

lease:
    name text NOT NULL
    holder text NOT NULL
    until bigint NOT NULL
    PRIMARY KEY (name)

membership:
    agent_id bigint NOT NULL
    chat text NOT NULL
    present boolean NOT NULL
    FOREIGN KEY (agent_id) REFERENCES agent(id)
    PRIMARY KEY (agent_id, chat)

message:
    id bigint NOT NULL DEFAULT identity
    ticket_id bigint NOT NULL
    author text NOT NULL
    author_id bigint NOT NULL
    author_name text NOT NULL
    visibility text NOT NULL
    content text NOT NULL
    at bigint NOT NULL
    delivery text NOT NULL
    failure text NOT NULL
    reply_to bigint
    edited_at bigint
    revoked boolean NOT NULL
    album text NOT NULL
    cost_class text NOT NULL DEFAULT ''::text
    CHECK ((author = ANY (ARRAY['requester'::text, 'agent'::text, 'system'::text])))
    CHECK (((content)::json IS NOT NULL))
    CHECK ((delivery = ANY (ARRAY['received'::text, 'stored'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'read'::text, 'parked'::text, 'uncertain'::text, 'failed'::text, 'expired'::text])))
    CHECK ((visibility = ANY (ARRAY['public'::text, 'note'::text])))
    FOREIGN KEY (reply_to) REFERENCES message(id)
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)

outbox:
    id bigint NOT NULL DEFAULT identity
    channel text NOT NULL
    lane text NOT NULL
    op text NOT NULL
    payload text NOT NULL
    urgency bigint NOT NULL
    budget text NOT NULL
    coalesce_key text NOT NULL
    state text NOT NULL
    ticket_id bigint
    conversation_id bigint
    message_id bigint
    created_at bigint NOT NULL
    due_at bigint NOT NULL
    ready_at bigint NOT NULL
    expires_at bigint
    attempts bigint NOT NULL
    external_id text NOT NULL
    error text NOT NULL
    epoch text NOT NULL DEFAULT ''::text
    lease_until bigint NOT NULL DEFAULT 0
    settled_at bigint
    CHECK ((op = ANY (ARRAY['send'::text, 'album'::text, 'edit'::text, 'react'::text, 'read'::text, 'answer'::text, 'card'::text, 'mark'::text])))
    CHECK (((payload)::json IS NOT NULL))
    CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'uncertain'::text, 'failed'::text, 'parked'::text, 'expired'::text])))
    CHECK (((urgency >= 0) AND (urgency <= 4)))
    FOREIGN KEY (conversation_id) REFERENCES conversation(id)
    FOREIGN KEY (message_id) REFERENCES message(id)
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)

post:
    id bigint NOT NULL DEFAULT identity
    place text NOT NULL
    external_id text NOT NULL
    message_id bigint
    ticket_id bigint NOT NULL
    account bigint NOT NULL DEFAULT 0
    FOREIGN KEY (message_id) REFERENCES message(id)
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)
    UNIQUE (place, external_id)

requester:
    id bigint NOT NULL DEFAULT identity
    name text NOT NULL
    username text NOT NULL DEFAULT ''::text
    phone text NOT NULL DEFAULT ''::text
    locale text NOT NULL
    vip boolean NOT NULL DEFAULT false
    banned boolean NOT NULL DEFAULT false
    created_at bigint NOT NULL
    CHECK ((locale <> ''::text))
    PRIMARY KEY (id)

schema_version:
    version bigint NOT NULL
    name text NOT NULL
    PRIMARY KEY (version)

ticket:
    id bigint NOT NULL DEFAULT identity
    number text NOT NULL
    year bigint NOT NULL
    sequence bigint NOT NULL
    conversation_id bigint NOT NULL
    requester_id bigint NOT NULL
    status text NOT NULL
    priority text NOT NULL
    category text NOT NULL
    subject text NOT NULL
    answers text NOT NULL
    skipped text NOT NULL
    intake text NOT NULL
    intake_until bigint
    assignee bigint
    assignee_name text NOT NULL
    created_at bigint NOT NULL
    status_since bigint NOT NULL
    first_response_at bigint
    waiting_since bigint
    closed_at bigint
    close_reason text
    proposal bigint NOT NULL
    reopened bigint NOT NULL
    postponed_until bigint
    postpone_reason text NOT NULL
    engineer text NOT NULL
    issue_key text NOT NULL
    eta bigint
    follow_up_of bigint
    tags text NOT NULL DEFAULT '[]'::text
    version bigint NOT NULL
    merged_into text NOT NULL DEFAULT ''::text
    links text NOT NULL DEFAULT '[]'::text
    CHECK (((answers)::json IS NOT NULL))
    CHECK (((merged_into = ''::text) OR ((close_reason IS NOT NULL) AND (close_reason = 'merged'::text))))
    CHECK ((close_reason = ANY (ARRAY['accepted'::text, 'no_answer'::text, 'withdrawn'::text, 'answered_by_article'::text, 'merged'::text, 'spam'::text, 'by_lead'::text])))
    CHECK (((links)::json IS NOT NULL))
    CHECK ((priority = ANY (ARRAY['critical'::text, 'high'::text, 'medium'::text, 'low'::text])))
    CHECK (((skipped)::json IS NOT NULL))
    CHECK ((status = ANY (ARRAY['new'::text, 'open'::text, 'pending'::text, 'postponed'::text, 'in_development'::text, 'solution_proposed'::text, 'closed'::text])))
    CHECK (((tags)::json IS NOT NULL))
    FOREIGN KEY (conversation_id) REFERENCES conversation(id)
    FOREIGN KEY (follow_up_of) REFERENCES ticket(id)
    FOREIGN KEY (requester_id) REFERENCES requester(id)
    PRIMARY KEY (id)
    UNIQUE (number)
    UNIQUE (year, sequence)

timer:
    id bigint NOT NULL DEFAULT identity
    ticket_id bigint NOT NULL
    kind text NOT NULL
    due_at bigint NOT NULL
    state text NOT NULL DEFAULT 'armed'::text
    epoch text NOT NULL DEFAULT ''::text
    lease_until bigint NOT NULL DEFAULT 0
    attempts bigint NOT NULL DEFAULT 0
    CHECK ((kind = ANY (ARRAY['intake_end'::text, 'auto_close_reminder'::text, 'auto_close'::text, 'wake'::text, 'eta'::text, 'sla'::text])))
    CHECK ((state = ANY (ARRAY['armed'::text, 'claimed'::text, 'fired'::text])))
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (id)
    UNIQUE (ticket_id, kind)

topic:
    ticket_id bigint NOT NULL
    chat text NOT NULL
    thread text NOT NULL
    card_id text NOT NULL
    name text NOT NULL
    FOREIGN KEY (ticket_id) REFERENCES ticket(id)
    PRIMARY KEY (ticket_id)

CREATE UNIQUE INDEX conversation_current_ticket ON public.conversation USING btree (ticket_id) WHERE (ticket_id IS NOT NULL)
CREATE INDEX conversation_requester ON public.conversation USING btree (requester_id)
CREATE INDEX escalation_untold ON public.escalation USING btree (due_at, id) WHERE (NOT told)
CREATE INDEX gesture_age ON public.gesture USING btree (at)
CREATE INDEX history_ticket ON public.history USING btree (ticket_id, id)
CREATE INDEX identity_conversation ON public.identity USING btree (conversation_id, rank)
CREATE INDEX inbox_done ON public.inbox USING btree (done_at) WHERE (state = 'done'::text)
CREATE INDEX inbox_lanes ON public.inbox USING btree (channel, lane, id, state, slot) WHERE (state = ANY (ARRAY['waiting'::text, 'claimed'::text]))
CREATE INDEX inbox_parked ON public.inbox USING btree (id) WHERE (state = 'parked'::text)
CREATE INDEX inbox_waiting ON public.inbox USING btree (received_at, due_at) WHERE (state = 'waiting'::text)
CREATE INDEX message_album ON public.message USING btree (ticket_id, album) WHERE (album <> ''::text)
CREATE INDEX message_ticket ON public.message USING btree (ticket_id, id)
CREATE UNIQUE INDEX outbox_coalesce ON public.outbox USING btree (coalesce_key) WHERE ((state = 'pending'::text) AND (coalesce_key <> ''::text))
CREATE INDEX outbox_due ON public.outbox USING btree (due_at) WHERE (state = 'pending'::text)
CREATE INDEX outbox_expiring ON public.outbox USING btree (expires_at) WHERE ((state = 'pending'::text) AND (expires_at IS NOT NULL))
CREATE INDEX outbox_external ON public.outbox USING btree (channel, external_id) WHERE (external_id <> ''::text)
CREATE INDEX outbox_lanes ON public.outbox USING btree (channel, lane, id, state) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]))
CREATE INDEX outbox_parked ON public.outbox USING btree (conversation_id) WHERE (state = 'parked'::text)
CREATE INDEX outbox_pending ON public.outbox USING btree (ready_at, due_at) WHERE (state = 'pending'::text)
CREATE INDEX outbox_settled ON public.outbox USING btree (settled_at) WHERE (state = ANY (ARRAY['sent'::text, 'failed'::text, 'expired'::text]))
CREATE INDEX outbox_uncertain ON public.outbox USING btree (channel, due_at) WHERE (state = 'uncertain'::text)
CREATE INDEX post_message ON public.post USING btree (message_id) WHERE (message_id IS NOT NULL)
CREATE INDEX ticket_assignee ON public.ticket USING btree (assignee) WHERE (status <> 'closed'::text)
CREATE INDEX ticket_conversation ON public.ticket USING btree (conversation_id, closed_at)
CREATE INDEX ticket_requester ON public.ticket USING btree (requester_id)
CREATE INDEX ticket_sequence ON public.ticket USING btree (sequence, year)
CREATE INDEX ticket_status ON public.ticket USING btree (status)
CREATE INDEX timer_armed ON public.timer USING btree (due_at) WHERE (state = 'armed'::text)
CREATE INDEX timer_claimed ON public.timer USING btree (lease_until) WHERE (state = 'claimed'::text)
CREATE UNIQUE INDEX topic_place ON public.topic USING btree (chat, thread) WHERE (thread <> ''::text)

CREATE OR REPLACE FUNCTION public.append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END;
$function$
