"""S1: whoever cannot prove to be Meta or Telegram is refused with 401, and leaves no trace."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from adapters.sandbox.world import World
from adapters.telegram.updates import webhook_route
from adapters.whatsapp.webhook import challenge, receive
from config.settings import ConfigurationError, load_settings
from store.sql import rows
from tests.builders import counted
from tests.proofs.doors import CONNECTIONS, WORD, WORD_HEADER, Doors, all_of, doors, platforms, recorded
from tests.proofs.forgeries import META, TELEGRAM, Forger, Trick
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("S1")

VERIFY_TOKEN, APP_KEY = "GISE_WHATSAPP__VERIFY_TOKEN", "GISE_WHATSAPP__APP_SECRET"
BOT_TOKEN, WEBHOOK_WORD = "GISE_TELEGRAM__TOKEN", "GISE_TELEGRAM__WEBHOOK_SECRET"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with platforms(tmp_path) as world:
        yield world


@pytest.fixture
async def both(world: World, tmp_path: Path) -> AsyncIterator[Doors]:
    async with doors(world, tmp_path) as both:
        yield both


async def refused(both: Doors, forger: Forger, tricks: Mapping[str, Trick], channel: str, count: int) -> Counter[str]:
    """Try every trick in turn, `count` times in all; how often each was answered 401 (`name`) or not (`!name …`)."""
    post = both.whatsapp if channel == "whatsapp" else both.telegram
    bodies = list(recorded(channel).values())
    answers: Counter[str] = Counter()

    async def one(name: str) -> None:
        body, headers = tricks[name](forger, forger.draw.choice(bodies))
        status = await post(body, headers)
        answers[name if status == 401 else f"!{name} {status}"] += 1

    names = list(tricks)
    await all_of((one(names[nth % len(names)]) for nth in range(count)), CONNECTIONS)
    return answers


async def test_no_forged_webhook_gets_in_or_breaks_anything(both: Doors, world: World, proof: Proof) -> None:
    forger = Forger(
        draw=proof.draw(),
        app_secret=world.whatsapp.app_secret,
        verify_token=world.whatsapp.verify_token,
        bot_token=world.telegram.token,
    )
    half = proof.size(150, 5_000)
    at_meta = await refused(both, forger, META, "whatsapp", half)
    at_telegram = await refused(both, forger, TELEGRAM, "telegram", half)
    assert [name for name in (at_meta | at_telegram) if name.startswith("!")] == []
    assert (len(at_meta), len(at_telegram)) == (len(META), len(TELEGRAM)), "every trick was tried"
    assert await rows("SELECT id FROM inbox") == []
    assert set((await counted()).values()) == {0}
    # The same bodies from those who may: the refusals above were about the proof and nothing else.
    assert await both.whatsapp(recorded("whatsapp")["text"]) == 200
    assert await both.telegram(recorded("telegram")["text"]) == 200
    assert len(await rows("SELECT id FROM inbox")) == 2
    proof.tell(forged=2 * half, tricks=len(META) + len(TELEGRAM), accepted=0, server_errors=0, stored=0)


async def test_the_right_word_beside_a_wrong_one_proves_nothing(both: Doors) -> None:
    both_words = [(WORD_HEADER, WORD), (WORD_HEADER, "another")]
    assert await both.telegram(recorded("telegram")["text"], both_words) == 401
    assert await rows("SELECT id FROM inbox") == []


async def test_the_handshake_answers_nobody_but_meta(both: Doors, world: World, proof: Proof) -> None:
    right = {"hub.mode": "subscribe", "hub.challenge": "4711", "hub.verify_token": world.whatsapp.verify_token}
    token = right["hub.verify_token"]
    wrong = ["", token[:-1], f"{token}x", token.upper(), f" {token}", "ığş", world.whatsapp.app_secret, WORD]
    asked = [
        *({**right, "hub.verify_token": other} for other in wrong),
        {**right, "hub.mode": "unsubscribe"},
        *({name: value for name, value in right.items() if name != left_out} for left_out in right),
    ]
    for question in asked:
        async with both.http.get(f"{both.address}whatsapp", params=question) as answer:
            assert (answer.status, await answer.text()) == (403, "")
    async with both.http.get(f"{both.address}whatsapp", params=right) as answer:
        assert (answer.status, await answer.text()) == (200, "4711")
    proof.tell(forged_handshakes=len(asked))


@pytest.mark.parametrize("missing", [BOT_TOKEN, WEBHOOK_WORD, APP_KEY, VERIFY_TOKEN])
async def test_without_a_secret_there_is_no_start(world: World, missing: str) -> None:
    whole = world.environment() | {"GISE_TELEGRAM__MODE": "webhook", WEBHOOK_WORD: WORD}
    assert load_settings(whole, None).whatsapp is not None
    for without in ({missing: ""}, {missing: "  "}):
        with pytest.raises(ConfigurationError) as refusal:
            load_settings(whole | without, None)
        assert missing in json.dumps(refusal.value.problems)


async def test_no_door_is_built_without_its_secret() -> None:
    async def accept(items: object, cursor: int | None = None) -> None:
        raise AssertionError("nobody may come in")

    builders = [
        partial(receive, [], accept),
        partial(receive, [""], accept),
        partial(receive, ["right", ""], accept),
        partial(challenge, ""),
        partial(webhook_route, "", accept, 1),
    ]
    for build in builders:
        with pytest.raises(ValueError, match=r"secret|token"):
            build()
