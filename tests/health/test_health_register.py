"""What is wrong, and what is worth telling: gathered, told once, and over only after a calm."""

import pytest

from bot.domain.troubles import KINDS, Trouble
from bot.health import Register
from bot.health.register import CALM_MS, FORGET_MS, GATHER_MS, LONGEST_CALM_MS
from tests.builders import shipped_texts
from tests.fakes import HandClock

GATHER, CALM = GATHER_MS / 1000, CALM_MS / 1000
DISK, CLOCK = Trouble.DISK_LOW, Trouble.CLOCK


class Ledger:
    """A register, and everything it had told."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.register = Register(self.clock.now)
        self.told: list[tuple[set[Trouble], set[Trouble]]] = []

    def after(self, seconds: float, *found: Trouble, check: str = "one") -> None:
        """Time goes by, then a check finds this."""
        self.clock.move(seconds)
        self.register.report(check, dict.fromkeys(found, ""))
        if news := self.register.news():
            self.told.append((set(news.raised), {trouble for trouble, _ in news.healed}))
            self.register.know(news)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_troubles_of_the_same_moments_are_one_message_and_each_is_told_once(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    ledger.after(GATHER - 1, DISK, CLOCK)
    assert ledger.told == []
    for _ in range(100):
        ledger.after(1, DISK, CLOCK)
    assert ledger.told == [({DISK, CLOCK}, set())]


def test_one_that_is_gone_before_it_was_told_is_never_told(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    ledger.after(GATHER - 1)
    ledger.after(2 * CALM)
    assert ledger.told == []


def test_its_end_is_told_after_a_calm_and_with_the_time_it_took(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    ledger.after(60, DISK)
    ledger.after(60)
    ledger.clock.move(CALM - 1)
    assert not ledger.register.news()
    ledger.clock.move(1)
    assert ledger.register.news().healed == ((DISK, 120_000),)


def test_a_trouble_that_comes_and_goes_is_told_ever_more_rarely(ledger: Ledger) -> None:
    for second in range(0, 3_600, 5):
        ledger.after(5, *([DISK] if second % 30 < 15 else []))
    assert 2 <= len(ledger.told) <= 6
    ledger.after(LONGEST_CALM_MS / 1000)
    assert ledger.told[-1] == (set(), {DISK})


def test_after_a_long_peace_it_is_told_as_quickly_as_the_first_time(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.after(5, DISK)
        ledger.after(5, DISK)
        ledger.after(2 * CALM)
    ledger.after(LONGEST_CALM_MS / 1000)
    ledger.after(FORGET_MS / 1000 + 1)
    ledger.told.clear()
    ledger.after(0, DISK)
    ledger.after(GATHER, DISK)
    ledger.after(1)
    ledger.after(CALM)
    assert ledger.told == [({DISK}, set()), (set(), {DISK})]


def test_what_another_trouble_explains_is_no_news_unless_it_outlasts_it(ledger: Ledger) -> None:
    ledger.after(0, Trouble.DISK_FULL, DISK)
    ledger.after(GATHER, Trouble.DISK_FULL, DISK)
    assert ledger.told == [({Trouble.DISK_FULL}, set())]
    assert set(ledger.register.active) == {Trouble.DISK_FULL, DISK}
    ledger.after(60, DISK)
    ledger.after(CALM, DISK)
    ledger.after(1, DISK)
    assert ledger.told[1:] == [(set(), {Trouble.DISK_FULL}), ({DISK}, set())]


@pytest.mark.parametrize(
    "follower", [Trouble.DATABASE, Trouble.INBOX_STUCK, Trouble.OUTBOX_STUCK, Trouble.JOBS, Trouble.DISK_LOW]
)
def test_what_stands_still_on_a_full_disk_is_one_trouble(ledger: Ledger, follower: Trouble) -> None:
    ledger.after(0, Trouble.DISK_FULL)
    ledger.after(60, Trouble.DISK_FULL, follower)
    ledger.after(GATHER, Trouble.DISK_FULL, follower)
    ledger.after(1)
    ledger.after(CALM)
    assert ledger.told == [({Trouble.DISK_FULL}, set()), (set(), {Trouble.DISK_FULL})]


def test_a_trouble_lasts_as_long_as_any_check_sees_it(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    ledger.after(0, DISK, check="another")
    ledger.after(60)
    assert DISK in ledger.register.active
    ledger.after(0, check="another")
    assert ledger.register.active == {}


def test_a_clock_that_was_set_back_keeps_no_trouble_untold(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    ledger.clock.step(-86_400)
    ledger.after(GATHER, DISK)
    ledger.after(GATHER, DISK)
    assert ledger.told == [({DISK}, set())]


def test_a_clock_that_was_set_back_keeps_no_end_untold(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    ledger.after(GATHER, DISK)
    ledger.after(1)
    ledger.clock.step(-86_400)
    ledger.after(1)
    assert ledger.told == [({DISK}, set())]
    ledger.clock.move(CALM)
    assert [(trouble, lasted >= 0) for trouble, lasted in ledger.register.news().healed] == [(DISK, True)]


def test_only_red_troubles_shut_the_door(ledger: Ledger) -> None:
    ledger.after(0, DISK)
    assert not ledger.register.is_red
    ledger.after(0, DISK, Trouble.DATABASE)
    assert ledger.register.is_red


@pytest.mark.parametrize("locale", ["tr", "en"])
def test_every_trouble_has_its_kind_and_its_words(locale: str) -> None:
    assert set(KINDS) == set(Trouble)
    words = [key for kind in KINDS.values() for key in (kind.told, kind.over) if key]
    assert len(words) == len(set(words))
    assert set(words) <= shipped_texts().keys(locale)
