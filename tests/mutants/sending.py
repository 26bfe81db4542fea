"""What goes out: once, in order, within the platforms' limits, to the right person, and visibly so when it did not."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "marked sent before it is sent",
        "bot/outbox/worker.py",
        "            ids = await self._called(bundle)\n",
        "            await self._settle(errand, ErrandState.SENT)\n            ids = await self._called(bundle)\n",
        "services/test_outbox_worker.py::test_a_lane_keeps_its_order_while_a_call_is_refused_for_a_while",
    ),
    Mutant(
        "retry after a timeout",
        "bot/outbox/worker.py",
        "        elif errand.op in WORDS:\n            await self._doubt(errand, error)\n",
        "        elif errand.op is None:\n            await self._doubt(errand, error)\n",
        "services/test_delivery.py::test_an_unknown_outcome_on_telegram_is_shown_with_a_resend",
    ),
    Mutant(
        "unknown outcome sent again without waiting for the receipt",
        "bot/outbox/repairs.py",
        "            await outbox.await_receipt(errand.id, now + min(LONGEST_WAIT_MS, max(RECEIPT_WAIT_MS, outage)))\n",
        "            await outbox.await_receipt(errand.id, now)\n",
        "services/test_delivery.py::test_an_answer_on_whatsapp_that_no_receipt_proves_is_sent_again",
    ),
    Mutant(
        "what a dead process was sending is sent again",
        "store/outbox.py",
        "UPDATE outbox SET state = 'uncertain', settled_at = ?1, due_at = lease_until\n",
        "UPDATE outbox SET state = 'pending', settled_at = ?1, due_at = lease_until\n",
        "store/test_store_outbox.py::test_what_a_dead_process_was_sending_is_uncertain",
    ),
    Mutant(
        "a repetition in the group does not say so",
        "bot/outbox/repairs.py",
        '    repeated = {"repeated": True, BEFORE: 0} if errand.op in WORDS else {}\n',
        "    repeated: dict[str, bool] = {}\n",
        "services/test_outbox_repairs.py::test_an_unknown_outcome_in_the_group_is_posted_again_and_says_so",
    ),
    Mutant(
        "a worker without a lease records its result",
        "store/outbox.py",
        "WHERE id = ?5 AND epoch = ?6 AND state = 'sending' RETURNING id",
        "WHERE id = ?5 AND ?6 <> '' RETURNING id",
        "store/test_store_outbox.py::test_whoever_lost_the_lease_changes_nothing",
    ),
    Mutant(
        "status overwritten by late news",
        "bot/domain/ledger.py",
        "    return news if _ADVANCE[news] > _ADVANCE[current] else current\n",
        "    return news\n",
        "domain/test_ledger.py::test_a_late_sent_never_undoes_read",
    ),
    Mutant(
        "late failure ignored",
        "bot/services/delivery.py",
        "    if receipt.status is ReceiptStatus.FAILED:\n",
        "    if receipt.status is ReceiptStatus.FAILED:\n        return\n    if receipt.error_code:\n",
        "services/test_delivery.py::test_a_failure_is_told_once_however_often_it_is_reported",
    ),
    Mutant(
        "tracker dropped",
        "adapters/whatsapp/channel.py",
        "                biz_opaque_callback_data=tracker or None,\n",
        "                biz_opaque_callback_data=None,\n",
        "adapters/test_whatsapp_roundtrip.py::test_receipts_bring_back_the_tracker",
    ),
    Mutant(
        "window ignored",
        "bot/outbox/performing.py",
        "    if not window_open(channel.capabilities, conversation.last_inbound_at, helpdesk.now()):\n",
        "    if not window_open(channel.capabilities, helpdesk.now(), helpdesk.now()):\n",
        "services/test_delivery.py::test_after_24_hours_an_answer_is_parked_without_a_call",
    ),
    Mutant(
        "parked answers are kept for ever",
        "bot/services/delivery.py",
        "    await outbox.release_parked(conversation.id, now)\n",
        "",
        "services/test_delivery.py::test_a_shut_window_parks_the_answer_and_any_sign_of_life_lets_it_go",
    ),
    Mutant(
        "parked answers of everybody go at once",
        "store/outbox.py",
        "WHERE conversation_id = ?2 AND state = 'parked' RETURNING id",
        "WHERE ?2 > 0 AND state = 'parked' RETURNING id",
        "store/test_store_outbox.py::test_parked_errands_go_when_their_customer_writes",
    ),
    Mutant(
        "the wish to wait ignored",
        "bot/outbox/worker.py",
        "        if error.retry_after:\n",
        "        if error.retry_after < 0:\n",
        "services/test_outbox_worker.py::test_a_pause_the_platform_asks_for_is_kept_by_the_whole_group",
    ),
    Mutant(
        "no budget of the group",
        "bot/outbox/worker.py",
        "        pause = self._pacer.admit(errand, plan)\n",
        "        pause = self._pacer.admit(errand, plan) and 0.0\n",
        "services/test_outbox_worker.py::test_the_group_is_never_written_to_more_than_twenty_times_a_minute",
    ),
    Mutant(
        "the newest of a lane goes out first",
        "store/outbox_claim.py",
        "            SELECT min(id) FROM (\n",
        "            SELECT max(id) FROM (\n",
        "store/test_store_outbox.py::test_a_lane_is_worked_off_in_order_one_at_a_time",
    ),
    Mutant(
        "a lane does not wait for its retry",
        "store/outbox_claim.py",
        "                SELECT id, channel, lane, state FROM outbox WHERE state IN ('pending', 'sending')\n",
        "                SELECT id, channel, lane, state FROM outbox\n"
        "                WHERE state = 'sending' OR (state = 'pending' AND due_at <= ?2)\n",
        "store/test_store_outbox.py::test_a_retry_waits_ahead_of_its_lane",
    ),
    Mutant(
        "an album torn apart",
        "bot/services/albums.py",
        '        payload = {"messages": [*gathering.payload["messages"], message.id]}\n',
        '        payload = {"messages": [message.id]}\n',
        "services/test_outbox_repairs.py::test_an_album_cut_in_two_by_a_dead_process_arrives_whole",
    ),
    Mutant(
        "WAL synced now and then",
        "store/db.py",
        '    "synchronous": "FULL",',
        '    "synchronous": "NORMAL",',
        "proofs/test_proof_r4_power_loss.py"
        "::test_after_a_loss_of_power_nothing_acknowledged_is_missing_and_nothing_is_damaged",
    ),
)
