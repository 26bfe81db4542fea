### The English texts of Gişe. Same keys and variables as tr.ftl; a test keeps them so.


## Days

day-yesterday = yesterday { $time }
day-today = today { $time }
day-tomorrow = tomorrow { $time }


## Common buttons

button-choose = Choose
button-skip = Skip
button-more = More
button-back = Back
skip-hint = To leave this question out, just write “skip”.


## State of a request

status-new = New
status-open = In progress
status-pending = Waiting for your answer
status-postponed = Postponed
status-in_development = In development
status-solution_proposed = Solution proposed
status-closed = Closed

close-reason-accepted = solution accepted
close-reason-no_answer = no answer
close-reason-withdrawn = withdrawn
close-reason-answered_by_article = answered from the knowledge base
close-reason-merged = merged into another request
close-reason-spam = spam
close-reason-by_lead = closed by a lead

priority-critical = Critical
priority-high = High
priority-medium = Medium
priority-low = Low


## First questions

intake-ask-type = So that we can help you best: is this a question, an idea or a fault?
intake-ask-source = What is the problem with?
intake-ask-scope = Does everyone have this problem, or only you?
intake-ask-reproducible = Does it happen every time you follow the same steps?

field-type = Type
field-source = Source
field-scope = Scope
field-reproducible = Reproducible


## Not understood, or cannot be done

when-not-understood = I could not read a time in “{ $given }”. You can write, for example: 2d, 3 hours, tomorrow 09:00, monday, 01.12.2026 15:00
when-in-past = “{ $given }” is already over. Please give a time to come, for example: tomorrow 09:00
when-too-far = “{ $given }” is too far away. You can go up to { $years } years ahead.
too-large = { $name ->
    [photo] The photo is too large
    [video] The video is too large
    [video_note] The video message is too large
    [animation] The animation is too large
    [audio] The audio file is too large
    [voice] The voice message is too large
    [document] The file is too large
    [sticker] The sticker is too large
   *[other] “{ $name }” is too large
    }: { $size_mb } MB. This channel takes { $limit_mb } MB at most. You can send a smaller version or share a link.


## Kinds of content

kind-text = Text
kind-photo = Photo
kind-video = Video
kind-video_note = Video message
kind-animation = Animation
kind-audio = Audio file
kind-voice = Voice message
kind-document = File
kind-sticker = Sticker
kind-location = Location
kind-contact = Contact
kind-other = Other


## Words in place of content that cannot be carried

placeholder-unsupported = A message of a kind that cannot be shown here
placeholder-poll = 📊 Poll
placeholder-dice = 🎲 Dice
placeholder-story = Story
placeholder-checklist = ☑️ Checklist
placeholder-game = 🎮 Game
placeholder-invoice = 🧾 Payment request
placeholder-giveaway = 🎁 Giveaway
placeholder-paid-media = Paid content
placeholder-gift = 🎁 Gift
placeholder-order = 🛒 Order
placeholder-form = 📝 Completed form
placeholder-location = 📍 Location
placeholder-contact = 👤 Contact
placeholder-sticker = Sticker
placeholder-rich-message = Richly formatted message
placeholder-giveaway-winners = 🎁 Giveaway result
placeholder-unique-gift = 🎁 Special gift
placeholder-gift-upgrade-sent = 🎁 Gift upgrade
placeholder-successful-payment = 💳 Payment
placeholder-passport-data = Identity document
placeholder-user-shared = 👤 Shared person
placeholder-users-shared = 👤 Shared people
placeholder-chat-shared = Shared chat
placeholder-web-app-data = Data from a mini app
placeholder-photo = A photo that cannot be opened
placeholder-live-photo = Live photo
placeholder-video = A video that cannot be opened
placeholder-video-note = A video message that cannot be opened
placeholder-animation = An animation that cannot be opened
placeholder-audio = An audio file that cannot be opened
placeholder-voice = A voice message that cannot be opened
placeholder-document = A file that cannot be opened
placeholder-template = 🔔 Template
placeholder-venue = 📍 Place


## To customers: the way of a request

plain = { $text }
welcome = Hello! Just write your problem, question or idea here; photos and files are welcome too. Write “menu” to see what you can do.
ticket-opened = We have your message. Your request number is { $number }
ticket-opened-follow-up = We have your message as a follow-up of your closed request { $earlier }. Its number is { $number }
intake-confirmed = Thank you, your request { $number } is with our team. Add anything you like by writing here.
intake-confirmed-summary = Thank you, your request { $number } is with our team. This is what we understood:
    { $summary }
    Add anything you like by writing here.
intake-already-answered = You have answered this one already, thank you.
intake-noted = Thank you, noted.
intake-changed = Our questions have just changed; please answer the latest one.
notice-taken = { $number }: Your request is in progress. One of us is looking into it.
frame-ask = ❓ { $text }

    Just write your answer here. If we do not hear from you by { $until } ({ $days }), we will close request { $number }.
frame-propose = 💡 { $text }

    Does this solve it? If we do not hear from you by { $until } ({ $days }), we will close request { $number }.
notice-postponed = { $number }: Your request is postponed; we will take it up again { $until }. Write any time and we will look at once.
notice-in-development = { $number }: Your request is with our developers. Expected: { $eta }. We will keep you posted.
notice-reminder = { $number }: We are still waiting for your answer. Without one by { $until } we will close the request.
rejected-ask-reason = { $number }: Understood, your request stays open. Could you tell us briefly what is still wrong?
reason-noted = Thank you, we passed it on to our team.
contradiction = { $number }: You just wrote that the problem is still there. Shall we close the request all the same?
closed-accepted = { $number }: Thank you for confirming, your request is closed. Just write here if you need us again.
closed-no-answer = { $number }: We had no answer for { $days } and closed the request. If the problem is still there, just write here.
closed-by-lead = { $number }: Your request was closed. If you have a question, just write here.
offer-reopen = Your request { $number } was closed. Is this about it, or is it a new request?
reopened = { $number }: Your request is open again.
reopened-by-desk = { $number }: We are taking up your request again.
reopened-in-time = { $number }: You had answered before we closed your request, but your answer only reached us now. Your request is open again.
merged = { $number }: This is about the same thing as your request { $other }. We go on there; just keep writing here.
correction = ✏️ Correction: { $text }

button-accept = ✅ Accept
button-accept-anyway = ✅ Yes, close it
button-reject = ❌ Reject
button-reopen = ↩️ Reopen
button-new = 🆕 New request


## To customers: the menu

menu = How can we help? You can also just write your request.
menu-title = Menu
menu-enough = I have answered many commands today and will rest until tomorrow. Describe your problem in your own words and I will pass it to a colleague.
menu-unknown-command = We do not know this command. Here is what you can do:
menu-new = 🆕 New request
menu-tickets = 📋 My requests
menu-status = 🔎 Status
menu-language = 🌐 Dil / Language
menu-help = ℹ️ Help
help-customer = Just write to us here: every message becomes part of your request, and the answers arrive here.

    /new – a new request
    /tickets – your requests
    /status – where the latest one stands
    /language – language
    Write “menu” to come back here.
new-write = Write your new request; you get its number with your first message.
tickets-list = Your requests:
    { $list }
tickets-none = You have no requests yet. Your first message opens one.
tickets-not-found = You have no request with this number. /tickets shows all of them.
ticket-status = { $number } · { $status }
    { $subject }
    Opened: { $opened }
ticket-status-postponed = { $number } · { $status }: { $until }
    { $subject }
    Opened: { $opened }
ticket-status-merged = { $number } · goes on as { $other }
    { $subject }
    Opened: { $opened }
language-ask = Which language shall we use?
language-name = English
language-set = From now on we will write to you in English.
language-unknown = We do not speak this language yet. Choose Türkçe or English.


## Short answers to buttons

button-old = This button is no longer valid.
button-old-proposal = This proposal is no longer valid; please answer the latest one.
button-proposal-over = This proposal no longer waits for an answer; your request is open and with our team.
button-not-yours = This button is not yours.
button-already-closed = This request is closed already.
button-already-open = This request is open already.
button-merged = { $number } was merged into { $other }; just write here and we will see it there.


## To agents: the card

card-requester = Requester
card-assignee = Assignee
card-earlier = Earlier requests
card-follow-up = Follow-up of
card-links = See also
card-reopened = Reopened
card-priority = Priority
card-category = Category
card-opened = Opened
card-first-response = First response
card-postponed-until = Postponed until
card-eta = ETA
card-auto-close = Auto-close
card-closed = Closed
card-window = WhatsApp window
card-window-open = until { $until } at least
card-window-shut = shut; an answer waits until the requester writes
card-development = Development
step-take = 🙋 Take
step-postpone = 💤 Until tomorrow
step-resume = ▶️ Resume
step-reopen = ↩️ Reopen
step-history = 🕘 History
nobody = nobody
somebody = Requester
channel-whatsapp = WhatsApp
channel-telegram = Telegram


## To agents: lines in the topic

desk-from = 👤 { $name }
desk-edited = ✏️ edited
desk-revoked = 🗑 the requester deleted this message
desk-file-failed = 📎 “{ $name }” could not be brought here: { $reason }
desk-too-large = 📎 “{ $name }” is too large to show here: { $size_mb } MB (at most { $limit_mb } MB). The requester was told.
desk-reacted = { $name } reacted: { $emoji }
desk-after-closing = ⤵️ wrote after closing; was offered to reopen or to start a new request
desk-moved-on = ⤴️ { $name } chose a new request; the message moved to { $number }.
desk-reject-reason = ❌ reason for rejecting
desk-accepted = ✅ { $name } accepted the solution, the ticket is closed.
desk-rejected = ❌ { $name } rejected the solution and was asked why.
desk-rejected-assigned = ❌ { $name } rejected the solution and was asked why. The ticket is back with { $agent }.
desk-contradiction = ⚠️ { $name } accepted but also wrote that it still fails; we asked once more.
desk-reopened = ↩️ { $name } reopened the ticket.
desk-answer-crossed = ↩️ { $name } had answered before the auto-close ({ $at }), but the answer only came now; the ticket is open again.
desk-merged-into = 🔗 { $name } merged this ticket into { $number }; what the requester writes goes there now.
desk-merged-here = 🔗 { $name } merged { $number } into this ticket: “{ $subject }”. What was said there stays there (/history { $number }).
desk-merge-undone = 🔗 { $name } took { $number } out again; it is a ticket of its own.
desk-linked = 🔗 { $name } linked { $number }: “{ $subject }”
desk-auto-closed = ⌛ No answer for { $days }, the ticket is closed.
desk-woke = ⏰ The wait is over, the ticket is open again. { $agent } { $reason }
desk-eta = 📅 The ETA has come: { $engineer }, { $issue }. { $agent } time to tell the requester.
desk-blocked = 🚫 The requester blocked the bot; messages do not arrive.
desk-unblocked = ✅ The requester unblocked the bot; messages arrive again.
desk-identity-changed = ☎️ The requester's number or id changed; the conversation goes on.
desk-file-late = 📎 the file is on its way and will follow shortly
button-fetch = 🔁 Try again
file-again = Asking for the file again.
file-not-needed = Not needed: the file is here, or on its way.
desk-banned = 🔇 { $name } is muted: what they write is kept, not shown here and not answered.
desk-unbanned = 🔊 { $name } is listened to again.
banned-already = { $name } is muted already.
not-banned = { $name } is not muted.
desk-vip = ⭐ { $name } is a VIP from now on. { $count ->
    [0] No ticket of theirs is open.
    [one] The clocks of one open ticket were computed anew.
   *[other] The clocks of { $count } open tickets were computed anew.
 }
desk-unvip = ☆ { $name } is no VIP any more. { $count ->
    [0] No ticket of theirs is open.
    [one] The clocks of one open ticket were computed anew.
   *[other] The clocks of { $count } open tickets were computed anew.
 }
vip-already = { $name } is a VIP already.
not-vip = { $name } is no VIP.
desk-assigned = { $number } → { $name }
desk-went-to = ↪ { $number } is with the team { $team } now; the conversation goes on in the topic there.
desk-came-here = ↪ { $name } handed this ticket to this team. The topic before: { $link }
desk-topic-anew = 🕘 This topic takes the place of one that was deleted or closed; /history shows what was said before.
desk-helper-out = ⚠️ The helper bot { $bot } cannot write into an agents' group: { $reason } The other bots post in its place; `gise check` says what to do.
desk-helper-token = its token is refused.
desk-helper-absent = it is not in the group, or may not write there.
desk-postponed = { $number } postponed: { $until }
desk-in-development = { $number } in development: { $engineer }, { $issue }, { $eta }
desk-set = { $number } · { $field }: { $value }
possibly-repeated = 🔁 (possibly repeated)
inbox-parked = ⚠️ An update from { $channel } could not be read and was kept (row { $id }).
inbox-stale = ⚠️ An update from { $channel } is more than a month old; nothing was done about it, but it was kept (row { $id }).


## To agents: delivery

delivery-parked = 😴 WhatsApp's 24-hour window is shut. The answer is kept and goes out by itself when the requester writes.
delivery-parked-knocked = 😴 WhatsApp's 24-hour window is shut. The answer is kept; a template with a “show answer” button went out, and a press or any message releases it.
delivery-parked-template = 😴 WhatsApp's 24-hour window is shut. The answer is kept and goes out by itself when the requester writes. The template with the “show answer” button could not go out: { $reason }.
delivery-knock-failed = 💔 The template with the “show answer” button was not delivered: { $reason }. The answer is kept and goes out when the requester writes.
delivery-notice-skipped = 😴 A notice was not sent: { $reason }.
delivery-withdrawn = 🗑 The ticket was closed; this answer, kept because the window was shut, does not go out by itself any more.
button-knock = 🔔 Send the template
cost-class = { $class ->
    [service] service
    [utility] utility
    [marketing] marketing
    [authentication] authentication
   *[other] { $class }
    }
delivery-failed = 💔 Not delivered: { $reason }
delivery-desk-failed = ⚠️ A message could not be brought here: { $reason }
delivery-personal-lost = 💔 A direct message to { $name } did not arrive ({ $reason }): { $words }
delivery-uncertain = 🤔 Nobody knows whether it arrived. Send it again if the requester does not see it.
delivery-held = ⏸ A copy of the database was restored, and this may have gone out since the copy was made: “{ $words }”. Send it again if the requester does not see it.
delivery-held-desk = ⏸ A copy of the database was restored, and this post may stand here already: “{ $words }”
desk-restored-waiting = ⏸ A copy of the database was restored: whether an answer came meanwhile is unknown, so silence will not close this ticket until you write again.
desk-restored = ⏸ The database is a copy of { $moment }: what was said and done after that is missing here. { $count } messages that waited then were held back, { $outside } of them without a ticket; the others are shown in their topics with a button that sends them.
button-resend = 🔁 Send again
resend-done = Sending it again.
resend-not-needed = Not needed: it arrived, or is on its way.
resend-edited = The message was edited since and cannot be sent again like this; write it anew.
state-received = received
state-stored = queued
state-sending = sending
state-sent = sent
state-delivered = delivered
state-read = read
state-parked = parked
state-uncertain = uncertain
state-failed = not delivered
state-expired = not sent

send-error-blocked = the requester blocked us
send-error-not-reachable = the requester cannot be reached from this account
send-error-window = WhatsApp's 24-hour window is shut
send-error-too-large = the file is too large for this channel
send-error-media-type = the channel does not take this kind of file
send-error-media-gone = the channel no longer has the file
send-error-no-room = the server has no room left for files; tell an admin
send-error-rate = the channel makes us wait, too many messages
send-error-auth = the channel refuses our access token; tell an admin
send-error-rights = the bot lacks a right it needs in this group; tell an admin
send-error-template = the template cannot be used
send-error-template-paused = the template is paused
send-error-template-disabled = Meta has disabled the template
send-error-template-rejected = Meta has rejected the template
send-error-template-review = Meta is reviewing the template
send-error-template-missing = there is no such template
send-error-template-parameters = the template's variables do not fit (its only one must be the ticket's number)
send-error-template-buttons = the template's first button is no quick reply
send-error-bad-request = the channel refused the message
send-error-chat-gone = the chat is gone
send-error-network = the channel could not be reached
send-error-vendor = the channel has a passing problem
send-error-unknown-outcome = the channel did not answer, the outcome is unknown
send-error-restored = held back after a restore, may have gone out
send-error-no-receipt = no receipts came, may have gone out
send-error-closed = not sent, because the ticket was closed
send-error-moved = the chat has moved


## To agents: commands

help-agent = Whatever you write in a topic goes to the requester; what begins with “//” stays a note.
help-agent-notes = Whatever you write in a topic stays in the group as a note; answer the requester with /reply.
command-take = take the ticket
command-assign = give it to somebody else, a team, or (*) whoever is free
command-ask = ask the requester and wait
command-propose = propose a solution (accept / reject)
command-postpone = postpone: 2d, tomorrow 09:00, monday …
command-dev = hand to development: engineer, issue, ETA
command-resume = take it up again
command-note = internal note
command-reply = answer the requester
command-priority = priority: critical, high, medium, low
command-category = category
command-set = fill in key data
command-history = history
command-tickets = live tickets (mine, pending …)
command-status = status
command-merge = merge this ticket into another one
command-link = link to a related ticket
command-reopen = reopen
command-close = close (lead)
command-ban = mute the requester (lead)
command-unban = listen to the requester again (lead)
command-vip = make the requester a VIP (lead)
command-unvip = take VIP back (lead)
command-role = give a role (admin)
command-help = this list

usage-assign = To whom? For example: /assign @elif, or /assign * for whoever is free
usage-ask = What shall we ask? For example: /ask Which version do you use?
usage-propose = Write the solution. For example: /propose Clear the cache and try again.
usage-reply = Write the answer. For example: /reply We are looking into it.
usage-note = Write the note. For example: /note Same problem yesterday. (Shorter: // Same …)
usage-postpone = Until when? For example: /postpone 2d, /postpone tomorrow 09:00 waiting for supplier
usage-dev = Write: /dev ENGINEER KEY ETA. For example: /dev can ABC-123 friday
usage-priority = Priority: critical, high, medium or low (P0–P3).
usage-category = Write the category. For example: /category Billing
usage-set = Write: /set FIELD VALUE. For example: /set scope everyone
usage-merge = Into which ticket? For example: /merge #2026-000123
usage-link = To which ticket? For example: /link #2026-000123
usage-close = Write the reason. For example: /close by_lead Solved on the phone
usage-tickets = Filter: mine, or a status ({ $states }).
usage-role = Write: /role @who ROLE. Roles: { $roles }
set-unknown-field = There is no field “{ $given }”. Fields: { $fields }
set-bad-value = This value does not fit { $field }. Options: { $options }
agent-not-found = Nobody called “{ $given }” was found. They must have written in the group at least once.
agent-or-team-not-found = Neither an agent nor a team called “{ $given }” was found. Teams: { $teams }
agent-cannot = { $name } cannot be assigned: not in the group, or without an agent's rights.
assign-nobody-free = Nobody is free to take { $number }: /assign @who, or take it yourself.
agent-ambiguous = “{ $given }” fits more than one person; use the @username.
already-responsible = { $number } is with { $name } already.
already-with-team = { $number } is with the team { $team } already.
ticket-went = { $number } has left this topic, and what you wrote reached nobody. It is there now: { $link }
another-group = another agents' group
command-needs-ticket = Use this command in a ticket's topic, or as a reply to one of its messages.
command-unknown = There is no command { $given }. /help shows all of them.
not-your-right = You may not do this.
write-as-yourself = Write under your own name: posts of anonymous admins and channels do not go to requesters, and forwards are no commands.
not-in-this-status = { $number } is “{ $status ->
    [new] New
    [open] In progress
    [pending] Waiting for the requester
    [postponed] Postponed
    [in_development] In development
    [solution_proposed] Solution proposed
   *[closed] Closed
    }” now; { $action ->
    [reopen] there is nothing to reopen.
    [resume] there is nothing to resume.
   *[other] this step is not possible.
    }
reply-to-closed = { $number } is closed, your message was not sent. Write /reopen first.
reply-to-merged = { $number } was merged into { $other }, your message was not sent. Write there, or /reopen here first.
merged-already = { $number } was merged into { $other }; go on there. /reopen takes it out again.
merge-itself = { $number } cannot be merged into itself. Give the number of the other ticket.
merge-closed = { $number } is closed, so nothing was merged. Write /reopen in it first, or use /link.
merge-other-requester = { $number } and { $other } belong to different conversations: what is answered in one would reach the wrong person. Link them with /link { $other } instead.
link-itself = { $number } cannot be linked to itself. Give the number of the other ticket.
linked-already = { $number } and { $other } are linked already.
links-too-many = { $number } has { $most } links already, which is the most a ticket can have.
reply-empty = There is nothing to send.
reply-not-carried = { $kind } cannot be carried to the requester; please send text, a file, a location or a contact.
edit-not-sent = ✏️ { $name }: this edit was not sent to the requester (it begins with “/”).
ticket-unknown = There is no ticket { $given }.
tickets-none-here = No tickets fit this filter.
tickets-more = … and more; /tickets mine or /tickets STATUS narrows it down.
status-counts = Tickets:
history-of = 🕘 { $number } · { $name }
role-set = { $name }: { $role }
role-list = Roles:
role-from-configuration = { $name } is an admin by configuration (GISE_ADMINS); change it there.
role-agent = agent
role-lead = lead
role-admin = admin
role-owner = owner
role-none = no role
actor-requester = Requester
actor-agent = Agent
actor-system = Gişe
action-create = opened
action-take = took
action-assign = assigned
action-reply = answered
action-ask = asked
action-propose = proposed a solution
action-postpone = postponed
action-dev = handed to development
action-resume = resumed
action-wake = woke up
action-answer = wrote
action-accept = accepted
action-reject = rejected
action-withdraw = withdrew
action-expire = closed for lack of an answer
action-close = closed
action-reopen = reopened
action-set = updated


## Our WhatsApp account

alarm-template-stopped = ⚠️ WhatsApp template { $name } ({ $language }): { $reason }. It is not sent until this is put right.
alarm-template-works = ✅ The WhatsApp template { $name } ({ $language }) works again.
alarm-template-quality = ⚠️ Meta rates the template { $name } ({ $language }) { $quality }: customers block it or do not read it, and it may be paused.
alarm-template-quality-good = ✅ Meta rates the template { $name } ({ $language }) well again.
alarm-number-quality = ⚠️ Meta rates our WhatsApp number { $quality } (limit: { $limit }). It may restrict sending next; see WhatsApp Manager.
alarm-number-quality-good = ✅ Meta rates our WhatsApp number well again.
alarm-number-status = ⚠️ Our WhatsApp number has the status { $status } at Meta. See WhatsApp Manager.
alarm-number-status-good = ✅ Our WhatsApp number is connected again.
alarm-account = ⚠️ Meta reports { $event } for our WhatsApp account. See WhatsApp Manager > Account quality.


## Gişe's own health

trouble-raised = ⚠️ Gişe needs your attention:
trouble-healed = ✅ Works again:
trouble-lasted = { $what } ({ $minutes ->
    [0] it took less than a minute
   *[other] after { $minutes } min
    })
trouble-inbox-stuck = Incoming messages have not been worked on for a minute. None is lost; the server's log tells why.
trouble-over-inbox-stuck = Incoming messages are worked on again
trouble-outbox-stuck = Outgoing messages have been waiting for a minute. None is lost; the server's log tells why.
trouble-over-outbox-stuck = The waiting messages have gone out
trouble-telegram-refused = Telegram refuses the bot's token. Put the token from @BotFather into GISE_TELEGRAM__TOKEN.
trouble-over-telegram-refused = Telegram accepts the bot again
trouble-telegram-unreachable = Telegram cannot be reached.
trouble-over-telegram-unreachable = Telegram can be reached again
trouble-telegram-conflict = A second program asks Telegram for updates with the same bot token, and messages may go there. Stop the other one.
trouble-over-telegram-conflict = Telegram's updates come to Gişe alone again
trouble-telegram-webhook = Telegram's updates had been pointed elsewhere, or nowhere. I have put that right; find out who changed it.
trouble-over-telegram-webhook = Telegram's updates come to Gişe again
trouble-telegram-delivery = Telegram cannot deliver updates to Gişe's address, and they pile up. Check the address, its certificate and the proxy.
trouble-over-telegram-delivery = Telegram delivers updates again
trouble-whatsapp-refused = Meta refuses the WhatsApp token; answers are kept waiting. Put a new token into GISE_WHATSAPP__TOKEN.
trouble-over-whatsapp-refused = WhatsApp sends again
trouble-whatsapp-unreachable = Meta's servers cannot be reached; answers on WhatsApp are kept waiting.
trouble-over-whatsapp-unreachable = Meta's servers can be reached again
trouble-whatsapp-unsubscribed = No app is subscribed to the WhatsApp account any more: customers' messages do not reach us. Subscribe the app again on Meta's developer page.
trouble-over-whatsapp-unsubscribed = Messages of the WhatsApp account come in again
trouble-group-unreachable = The bot cannot see the agents' group. Add it to the group again.
trouble-over-group-unreachable = The agents' group can be reached again
trouble-group-rights = The bot is no administrator of this group, or may not manage topics. Make it one, with the right to manage topics.
trouble-over-group-rights = The bot has its rights in the group
trouble-database = The database cannot be written.
trouble-over-database = The database can be written again
trouble-disk-full = The disk has hardly any room left; soon no message can be stored. Make room at once.
trouble-over-disk-full = The disk has room again
trouble-disk-low = The disk is running out of room. Make some before it is full.
trouble-over-disk-low = The disk has enough room
trouble-clock = The server's clock is more than a minute away from the platforms'. Check its time service (NTP).
trouble-over-clock = The server's clock is right again
trouble-parked = Many updates could not be read of late and were kept. A platform may have changed its format; see the log.
trouble-over-parked = Updates can be read again
trouble-jobs = A regular job does not run or keeps failing: deadlines and reminders may be late. The server's log tells why.
trouble-over-jobs = The regular jobs run again
# Service levels
clock-first_response = First response
clock-resolution = Resolution
clock-next_update = Next update
clock-status_limit = Status limit
clock-state-running = running
clock-state-paused = paused
clock-state-met = met
clock-state-broken = broken
command-why = how the clocks add up
step-why = ⏱ Why?
step-assign = 👥 To whoever is free
why-nothing = Nothing is promised for { $number }.
why-of = ⏱ { $number }
why-clock = { $clock }: { $state }, { $elapsed } of { $target } used · due: { $deadline }
why-more = … { $count } more stretches · { $length } in all · ran for { $ran } …
why-running = ran
why-paused = paused: { $reason }
why-outside_hours = outside hours
why-holiday = holiday: { $reason }
why-closed = closed { $reason }
length-of-time = { $hours ->
    [0] { $minutes } min
   *[other] { $minutes ->
        [0] { $hours } h
       *[other] { $hours } h { $minutes } min
    }
 }
sla-warning = ⏳ { $number } · { $clock } is due { $deadline }. { $agent }: answer, hand over or postpone. { $subject }
sla-broken = 🔥 { $number } · { $clock } was due { $deadline }. { $agent }: answer now or hand over. { $subject }
sla-digest = ⏱ { $count } tickets are about to miss or have missed a promise:
time-digest = 🗓 { $count ->
    [one] The time has come for { $count } ticket:
   *[other] The time has come for { $count } tickets:
 }
sla-digest-more = … and { $count } more; /tickets shows them all.
promise-within = ⏱ We will answer within { $length }.
promise-until = ⏱ We will answer by { $until }.
promise-from = ⏱ We are closed right now and will look after you from { $opens }.
notice-no-news = { $number }: We are working on your request; there is no news yet. We will write as soon as there is.
desk-no-news-told = ⏱ No update came in time; the customer was told that there is no news yet.
desk-no-news-untold = ⏱ No update came in time, and the customer could not be told that there is no news yet: { $reason }.
command-closed = add or remove a closed day
command-reload = read service levels and questions again
reload-done = ✅ Service levels and questions were read again; the clocks of { $count } open tickets follow in the background.
reload-refused = Nothing was taken over, the old files hold: { $reason }
closed-day-set = 📅 { $day } is closed; the clocks of { $count } open tickets follow. The same command opens it again.
closed-day-unset = 📅 { $day } is open again; the clocks of { $count } open tickets follow.
closed-day-rests = 📅 { $day } is not on the list of closed days any more; by sla.toml nobody works then anyhow in: { $calendars }. The clocks of { $count } open tickets follow.
closed-days = Closed days:
closed-days-none = No closed days. Example: /closed 2026-10-30 stocktaking
levels-following = ⏱ Clocks are being renewed: { $count } tickets to go.
levels-followed = ⏱ The clocks of all open tickets are renewed.
history-levels = service levels changed
history-vip = requester became a VIP
history-unvip = requester is no VIP any more
history-crossed = had answered before the closing: { $at }
calendar-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
 }
working-days = { $count ->
    [one] { $count } working day
   *[other] { $count } working days
 }
frame-ask-open = ❓ { $text }

    Just write your answer here. Request: { $number }
frame-propose-open = 💡 { $text }

    Does this solve it? Request: { $number }
card-tags = Tags
command-tag = add or show tags
command-untag = remove a tag
command-away = I am away: tomorrow 09:00, 3 days …
command-back = I am back
command-handover = hand open tickets over to others
command-agents = who is there, with how many tickets (lead)
command-autoclose = what silence will close and when (lead)
usage-tag = Write the tag. For example: /tag billing
tags-of = 🏷 { $number }: { $tags }
tags-too-many = A ticket can have { $most } tags at most.
tags-not-there = { $number } has no such tag. Its tags: { $tags }
away-until = 🌙 { $name } is away until { $until }.
away-open-end = 🌙 { $name } is away until further notice.
away-has-tickets = { $count } open tickets are still theirs and can be handed over.
away-reminder = No tickets come to you meanwhile; write /back when you are here again.
step-handover = ↪ Hand over
step-back = ☀️ I am back
back-done = ☀️ { $name } is back.
agents-list = 👥 Agents and their open tickets:
agents-load = { $count ->
    [0] no open ticket
    [one] { $count } open ticket
   *[other] { $count } open tickets
 }
agents-away = away until { $until }
agents-away-open = away until further notice
agents-off = outside working hours
agents-silent = silent since { $since }
agents-unheard = not heard of so far
agents-gone = no longer an agent here; { $command } hands over
handover-nothing = { $name } has no open tickets.
handover-done = ↪ Handed over from { $name }:
handover-more = There may be more; the same command goes on.
history-handover = handed over from { $name }
history-forgotten = nobody wrote for { $length }
forgotten-moved = 🔁 { $number } · lay too long: { $before } → { $agent }. { $subject }
forgotten-nobody-free = 🔥 { $number } · lay too long, and nobody is free to take it. { $subject }
autoclose-list = ⌛ To be closed if no answer comes:
autoclose-none = ⌛ No ticket is about to be closed by silence.
autoclose-exempt = To keep one open: /tag { $tag } in its topic
autoclose-no-exempt = To keep tickets open by a tag: [auto_close] exempt in sla.toml.
autoclose-kept = stays open: the last word is theirs, or ours did not arrive
