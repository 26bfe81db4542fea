"""What comes in: acknowledged after it is stored, once, in order, and only from whom it claims to be."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "acknowledge before the commit, WhatsApp",
        "adapters/whatsapp/webhook.py",
        "            await accept(items)\n",
        "            __import__('asyncio').ensure_future(accept(items))\n",
        "adapters/test_whatsapp_webhook.py::test_no_200_without_a_commit",
    ),
    Mutant(
        "acknowledge what was not stored, Telegram",
        "adapters/telegram/updates.py",
        '            return web.Response(status=500, text="not stored")\n',
        "            return web.json_response({})\n",
        "adapters/test_telegram_webhook.py::test_what_could_not_be_stored_is_not_acknowledged",
    ),
    Mutant(
        "offset before the commit",
        "adapters/telegram/updates.py",
        "            raise _Trouble(_UNSTORED, type(error).__name__, self._pace.first_pause) from None\n",
        "            del error\n",
        "adapters/test_telegram_updates.py::test_nothing_is_acknowledged_before_it_is_stored",
    ),
    Mutant(
        "any number wait for a database that is away",
        "bot/commits.py",
        "(WHILE_AWAY if self._away else self.most_waiting)",
        "self.most_waiting",
        "test_commits.py::test_once_it_is_known_to_be_away_few_wait_for_it_and_its_return_lets_all_in_again",
    ),
    Mutant(
        "each of those in turn waits as long again for a lock",
        "store/engine/near.py",
        "has_waited = self.refusals > self.refusals_when_asked",
        "has_waited = False",
        "store/test_store_sqlite_locks.py"
        "::test_whoever_waited_beside_one_that_waited_in_vain_need_not_wait_as_long_again",
    ),
    Mutant(
        "offset in a commit of its own",
        "store/inbox.py",
        "    async with transaction():\n        await bulk.add(_APPEND,",
        "    for early in [arrival.cursor for arrival in arrivals if arrival.cursor]:\n"
        "        await bookmarks.write(*early)\n"
        "    async with transaction():\n        await bulk.add(_APPEND,",
        "store/test_store_inbox.py::test_the_cursor_stays_when_the_updates_cannot_be_stored",
    ),
    Mutant(
        "no unique index on updates",
        "store/migrations/sqlite/0001_opening_day.sql",
        "    UNIQUE (channel, key)\n) STRICT;\nCREATE INDEX inbox_lanes",
        "    CHECK (channel <> key)\n) STRICT;\nCREATE INDEX inbox_lanes",
        "store/test_store_inbox.py::test_an_update_is_stored_once_per_channel",
    ),
    Mutant(
        "deduplicate in memory",
        "bot/inbox/door.py",
        "    await ARRIVALS.add(Arrival(items=tuple(items), at=door.now(), cursor=cursor))\n",
        "    known = globals().setdefault('_known', set())\n"
        "    items = [item for item in items if not (item.key in known or known.add(item.key))]\n"
        "    await ARRIVALS.add(Arrival(items=tuple(items), at=door.now(), cursor=cursor))\n",
        "services/test_atomicity.py::test_what_could_not_be_stored_is_stored_when_it_comes_again",
    ),
    Mutant(
        "the newest of a lane first",
        "store/inbox.py",
        "    ORDER BY run.id <> due.id, run.id LIMIT ?4\n",
        "    ORDER BY run.id <> due.id, run.id DESC LIMIT ?4\n",
        "store/test_store_inbox.py::test_every_lane_gets_on_before_any_gets_far",
    ),
    Mutant(
        "one lane's flood before everybody else",
        "store/inbox.py",
        "    ORDER BY run.id <> due.id, run.id LIMIT ?4\n",
        "    ORDER BY run.id LIMIT ?4\n",
        "store/test_store_inbox.py::test_every_lane_gets_on_before_any_gets_far",
    ),
    Mutant(
        "no lease sweep",
        "store/inbox.py",
        "AND (epoch <> ? OR lease_until <= ?) skip_locked()",
        "AND (epoch <> ? OR lease_until < 0 * ?) skip_locked()",
        "store/test_store_inbox.py::test_a_row_of_our_own_that_outlived_its_lease_comes_back_too",
    ),
    Mutant(
        "an item is done before its use case",
        "bot/inbox/work.py",
        "@db.whole\nasync def _routed(",
        "async def _routed(",
        "services/test_atomicity.py::test_a_bug_in_the_middle_of_a_use_case_leaves_the_item_waiting_and_nothing_else",
    ),
    Mutant(
        "parked without a word",
        "bot/inbox/work.py",
        "await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)\n",
        "del text\n",
        "services/test_atomicity.py::test_what_makes_no_sense_is_parked_at_once_and_kept_whole",
    ),
    Mutant(
        "the same message under another key",
        "bot/services/requests.py",
        "    if await messages.find_post(place, said.external_id):\n        return\n",
        "",
        "services/test_customer_messages.py::test_the_same_message_under_another_key_changes_nothing",
    ),
    Mutant(
        "signature over the parsed body",
        "adapters/whatsapp/webhook.py",
        "        if not is_signed(request.headers.getall(HEADER, []), body, secrets):\n",
        "        json = __import__('json')\n"
        "        same = json.dumps(json.loads(body or b'0')).encode()\n"
        "        if not is_signed(request.headers.getall(HEADER, []), same, secrets):\n",
        "adapters/test_whatsapp_webhook.py::test_every_recorded_body_is_stored_and_its_forgery_is_not",
    ),
    Mutant(
        "one of several signatures is enough",
        "adapters/whatsapp/signature.py",
        "    if len(headers) != 1:\n",
        "    if not headers:\n",
        "adapters/test_whatsapp_webhook.py::test_a_bad_signature_is_refused_and_nothing_stored",
    ),
    Mutant(
        "any verify token",
        "adapters/whatsapp/webhook.py",
        " or asked is None or not known:\n",
        " or asked is None or known is None:\n",
        "adapters/test_whatsapp_webhook.py::test_a_handshake_with_anything_wrong_is_refused",
    ),
    Mutant(
        "host of a download not checked",
        "adapters/whatsapp/media.py",
        "        _check_host(graph, url)\n",
        "",
        "adapters/test_whatsapp_fetch.py::test_no_other_host_is_visited",
        "adapters/test_whatsapp_fetch.py::test_no_redirect_leads_off_the_list",
    ),
    Mutant(
        "size of a download believed",
        "adapters/whatsapp/media.py",
        "            if size > limit:\n",
        "            if size < 0:\n",
        "adapters/test_whatsapp_fetch.py::test_a_file_that_does_not_end_is_cut_off",
    ),
    Mutant(
        "file name used on the disk",
        "adapters/telegram/download.py",
        "    path = folder / secrets.token_hex(16)\n",
        "    path = folder / (attachment.name or secrets.token_hex(16))\n",
        "adapters/test_telegram_channel.py::test_a_file_is_fetched_under_our_own_name_digested_and_sniffed",
    ),
)
