"""R3: the process dies, or a step fails, at each single step of a ticket's life, and the life goes on as it should."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.message import Person
from store import db
from tests.builders import AYSE, ZEYNEP
from tests.proofs.proof import Proof
from tests.proofs.steps import Blow, Fate, Point, Where
from tests.proofs.steps_life import Life
from tests.proofs.steps_picture import Picture, differences, picture

OF_THE_OTHERS = 20
"""So many points at full size of each kind that is not tried at every step: most of them come to the same."""


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    """Failures are logged with their tracebacks; drawing those would take longer than the lives."""
    with capture_logs():
        yield


@asynccontextmanager
async def lived(folder: Path, who: Person, fate: Fate) -> AsyncIterator[Life]:
    """A whole life, its database still open."""
    life = Life(folder / "gise.sqlite3", who, fate)
    await life.lives()
    try:
        yield life
    finally:
        await db.close_database()


async def quiet_life(folder: Path, who: Person) -> tuple[Fate, Picture]:
    """The life without a blow: its steps, and what it comes to."""
    fate = Fate()
    async with lived(folder, who, fate) as life:
        assert await life.wrong() == []
        return fate, await picture(life)


def kinds(quiet: Fate) -> dict[str, list[Point]]:
    """All points of a life, by what is done there."""
    commits = sorted(set(quiet.commits))
    others = sorted({*range(1, quiet.statements + 1)} - {*commits})
    found = {
        f"commit {blow}": [Point(Where.STATEMENT, number, blow) for number in commits]
        for blow in (Blow.KILLED_BEFORE, Blow.KILLED_AFTER, Blow.FAILS)
    }
    for blow in (Blow.KILLED_BEFORE, Blow.FAILS):
        found[f"statement {blow}"] = [Point(Where.STATEMENT, number, blow) for number in others]
    for blow in Blow:
        found[f"call {blow}"] = [Point(Where.CALL, number, blow) for number in range(1, quiet.calls + 1)]
    return found


def chosen(quiet: Fate, proof: Proof, where: Where) -> list[tuple[str, Point]]:
    """At full size every call with every blow, a death after every commit and some of the others; else one of a few."""
    chance, found = proof.draw(), {kind: ready for kind, ready in kinds(quiet).items() if ready[0].where is where}
    if not proof.full:
        few = chance.sample(sorted(found), k=2 if where is Where.STATEMENT else 3)
        return [(kind, chance.choice(found[kind])) for kind in few]
    every = {kind for kind in found if kind.startswith("call")} | {f"commit {Blow.KILLED_AFTER}"}
    return [
        (kind, point)
        for kind, all_points in found.items()
        for point in (all_points if kind in every else chance.sample(all_points, k=OF_THE_OTHERS))
    ]


@pytest.mark.proof("R3")
@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["WhatsApp", "Telegram"])
@pytest.mark.parametrize("where", Where)
async def test_a_ticket_lives_on_whichever_step_its_process_dies_at(
    proof: Proof, tmp_path: Path, who: Person, where: Where
) -> None:
    quiet, expected = await quiet_life(tmp_path / "quiet", who)
    wrong: dict[Point, list[str]] = {}
    seen: Counter[str] = Counter()
    resent = unknown = 0
    for index, (kind, point) in enumerate(chosen(quiet, proof, where)):
        fate = Fate(point)
        async with lived(tmp_path / f"life-{index}", who, fate) as life:
            assert fate.struck, point
            found = await life.wrong()
            now = await picture(life)
            found += differences(expected, now, receipted=who is AYSE, resent=life.resent)
        if found:
            wrong[point] = found
        seen[kind] += 1
        resent += life.resent
        unknown += "uncertain" in now.deliveries
    proof.tell(commits=len(quiet.commits), calls=quiet.calls, points=sum(seen.values()), **seen)
    proof.tell(sent_again_by_an_agent=resent, left_unknown=unknown)
    assert wrong == {}
    if proof.full and who is ZEYNEP:
        assert min(resent, unknown) > 5
