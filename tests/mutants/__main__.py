"""`python -m tests.mutants [NAME ...] [--json FILE]`: break one promise at a time and see the tests notice.

Prints one line for each mutant and one JSON line at the end. Exit codes: 0 all were caught; 1 one survived, does not
fit the program any more, or broke more than its promise; 2 the tests fail without any mutant.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.running import Verdict, failing, tried
from tests.mutants.seeded import MUTANTS


def main(arguments: list[str]) -> int:
    """Run the chosen mutants, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("names", nargs="*", help="words in the names of mutants")
    parser.add_argument("--json", type=Path, help="write the result to this file as well")
    options = parser.parse_args(arguments)
    chosen = [one for one in MUTANTS if not options.names or any(name in one.name for name in options.names)]
    began = time.monotonic()
    if not chosen:
        parser.error("no mutant has such a name")
    if words := failing(chosen):
        say(f"{words}\nThe tests fail without any mutant.")
        return 2
    verdicts: dict[Mutant, Verdict] = {}
    for mutant, verdict, seconds in tried(chosen):
        verdicts[mutant] = verdict
        say(f"{verdict:<10} {seconds:5.1f} s  {mutant.name}")
    result = json.dumps(_result(verdicts, time.monotonic() - began))
    say(result)
    if options.json:
        options.json.write_text(f"{result}\n", encoding="utf-8")
    return int(any(verdict is not Verdict.CAUGHT for verdict in verdicts.values()))


def _result(verdicts: dict[Mutant, Verdict], seconds: float) -> dict[str, object]:
    counts = Counter(verdicts.values())
    others = {one.name: verdict for one, verdict in verdicts.items() if verdict is not Verdict.CAUGHT}
    return {"mutants": len(verdicts), "caught": counts[Verdict.CAUGHT], "others": others, "seconds": round(seconds, 1)}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
