"""`python -m tests.proofs [ID ...]`: run proofs at full size, one after the other, each ending in one JSON line.

Exit codes are pytest's: 0 when everything held. Options go on to pytest: `--seed N`, `--proof-json FILE`, `-s`.
"""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Run the proofs with these ids, or all of them."""
    ids = [argument for argument in arguments if argument[:1] in {"R", "S"}]
    options = [argument for argument in arguments if argument not in ids]
    wanted = " or ".join(f"proof_{name.lower()}_" for name in ids)
    chosen = ["-k", wanted] if wanted else []
    return int(pytest.main([str(HERE), "--full", "-n", "0", "-m", "proof", *chosen, *options]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
