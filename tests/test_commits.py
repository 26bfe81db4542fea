"""Group commit: one commit at a time, together what came meanwhile, and nobody fails for a neighbour's sake."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.commits import LARGEST, WHILE_AWAY, Full, GroupCommit


class Refused(Exception):
    """What a commit with a poison request raises."""


class Gone(Exception):
    """What every commit raises while the database is away."""


class Book:
    """Keeps what is committed; a commit lasts until `gate` is open."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.tries = 0
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.away = False

    async def commit(self, requests: Sequence[int]) -> None:
        self.tries += 1
        self.begun.set()
        await self.gate.wait()
        if self.away:
            raise Gone
        if any(number < 0 for number in requests):
            raise Refused
        self.groups.append(list(requests))


async def test_a_lone_request_waits_for_nobody() -> None:
    book = Book()
    await GroupCommit(book.commit).add(1)
    assert book.groups == [[1]]


async def test_what_comes_during_a_commit_goes_into_the_next_one_together() -> None:
    book = Book()
    book.gate.clear()
    commits = GroupCommit(book.commit)
    first = asyncio.create_task(commits.add(1))
    await book.begun.wait()
    later = [asyncio.create_task(commits.add(number)) for number in range(2, 10)]
    await asyncio.sleep(0)
    assert not first.done()
    assert book.groups == []
    book.gate.set()
    await asyncio.gather(first, *later)
    assert book.groups == [[1], [*range(2, 10)]]


async def test_a_group_has_an_end() -> None:
    book = Book()
    commits = GroupCommit(book.commit)
    await asyncio.gather(*(commits.add(number) for number in range(LARGEST + 1)))
    assert [len(group) for group in book.groups] == [LARGEST, 1]


@pytest.mark.parametrize("poison", [{0}, {7}, {3, 4, 15}])
async def test_a_poison_request_fails_alone(poison: set[int]) -> None:
    book = Book()
    commits = GroupCommit(book.commit)
    asked = [commits.add(-1 if number in poison else number) for number in range(16)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {number for number, answer in enumerate(answers) if answer is not None} == poison
    assert all(isinstance(answers[number], Refused) for number in poison)
    assert sorted(number for group in book.groups for number in group) == sorted(set(range(16)) - poison)


async def test_a_database_that_is_away_is_asked_once_for_all() -> None:
    book = Book()
    book.away = True
    commits = GroupCommit(book.commit, hopeless=lambda error: isinstance(error, Gone))
    answers = await asyncio.gather(*(commits.add(number) for number in range(64)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Gone}
    assert book.tries == 1
    book.away = False
    await commits.add(1)
    assert book.groups == [[1]]


async def test_while_the_database_is_away_nobody_waits_for_a_second_try() -> None:
    book = Book()
    book.away = True
    book.gate.clear()
    commits = GroupCommit(book.commit, hopeless=lambda error: isinstance(error, Gone))
    first = asyncio.create_task(commits.add(0))
    await book.begun.wait()
    later = [asyncio.create_task(commits.add(number)) for number in range(1, 2 * LARGEST)]
    await asyncio.sleep(0)
    book.gate.set()
    answers = await asyncio.gather(first, *later, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Gone}
    assert book.tries == 1
    book.away = False
    await commits.add(1)
    assert book.groups == [[1]]


async def test_that_it_is_away_is_told_once_for_each_time() -> None:
    book = Book()
    commits = GroupCommit(book.commit, hopeless=lambda error: isinstance(error, Gone))
    with capture_logs() as log:
        for book.away in (True, True, True, False, True, True):
            await asyncio.gather(commits.add(1), return_exceptions=True)
    assert [entry["event"] for entry in log] == ["nothing can be committed"] * 2


async def test_once_it_is_known_to_be_away_few_wait_for_it_and_its_return_lets_all_in_again() -> None:
    book = Book()
    book.away = True
    commits = GroupCommit(book.commit, hopeless=lambda error: isinstance(error, Gone))
    with pytest.raises(Gone):
        await commits.add(0)
    book.gate.clear()
    crowd = 3 * WHILE_AWAY
    waiting = [asyncio.create_task(commits.add(number)) for number in range(crowd)]
    await asyncio.sleep(0)
    sent_away = [task for task in waiting if task.done()]
    assert {type(task.exception()) for task in sent_away} == {Full}
    assert len(sent_away) == crowd - WHILE_AWAY
    book.away = False
    book.gate.set()
    assert (await asyncio.gather(*waiting, return_exceptions=True)).count(None) == WHILE_AWAY
    assert set(await asyncio.gather(*(commits.add(number) for number in range(crowd)))) == {None}


async def test_whoever_goes_away_takes_nobody_along() -> None:
    book = Book()
    book.gate.clear()
    commits = GroupCommit(book.commit)
    gone, stays = asyncio.create_task(commits.add(1)), asyncio.create_task(commits.add(2))
    await book.begun.wait()
    gone.cancel()
    book.gate.set()
    await stays
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert [number for group in book.groups for number in group] == [1, 2]


async def test_when_too_many_wait_the_next_is_sent_away_and_nothing_of_it_is_stored() -> None:
    book = Book()
    book.gate.clear()
    commits = GroupCommit(book.commit, most_waiting=3)
    waiting = [asyncio.create_task(commits.add(number)) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Full):
        await asyncio.gather(*(commits.add(number) for number in range(100, 104)))
    book.gate.set()
    await asyncio.gather(*waiting)
    assert {0, 1, 2} <= {number for group in book.groups for number in group}
    assert 103 not in {number for group in book.groups for number in group}
