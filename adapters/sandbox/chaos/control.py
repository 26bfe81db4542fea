"""Negative controls: the same run against a copy of the program with one promise broken must be seen to fail."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.sandbox.chaos.plan import Program

_PACKAGES = ("bot", "adapters", "store", "scheduler", "config")


class NotApplied(Exception):
    """The program has changed: the text that a control replaces is not there exactly once."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A small change to the source: `old` stands once in `file` and becomes `new`."""

    file: str
    old: str
    new: str


CONTROLS: Mapping[str, Mutation] = {
    "ack-before-commit": Mutation(
        "bot/inbox/door.py",
        "    await ARRIVALS.add(Arrival(items=tuple(items), at=door.now(), cursor=cursor))\n",
        """
    import asyncio

    async def commit() -> None:
        await asyncio.sleep(0.2)
        await ARRIVALS.add(Arrival(items=tuple(items), at=door.now(), cursor=cursor))
        door.bells.inbox.set()

    globals().setdefault("_late", set()).add(asyncio.create_task(commit()))
""",
    ),
    "blind-resend": Mutation(
        "bot/outbox/repairs.py",
        "    if errand.conversation_id is not None and errand.op in WORDS:\n",
        "    if errand.conversation_id is not None and errand.op not in WORDS:\n",
    ),
}


def broken(program: Program, control: str, folder: Path) -> Program:
    """The program from a copy in `folder` that breaks a promise. Raises `NotApplied`, `KeyError` for no control."""
    mutation = CONTROLS[control]
    for package in _PACKAGES:
        shutil.copytree(program.root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / mutation.file
    text = file.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        raise NotApplied(f"{control} does not fit {mutation.file} any more")
    file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    return replace(program, root=folder)
