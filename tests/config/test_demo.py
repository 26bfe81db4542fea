"""`gise demo --script`: a whole life on each channel, as a newcomer sees it."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_script_plays_a_ticket_to_its_end_on_each_channel() -> None:
    program = [sys.executable, "-c", "from config.cli import main; main()", "demo", "--script"]
    played = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)
    assert played.returncode == 0, played.stderr
    for name in ("Ayşe Yılmaz", "Zeynep Demir"):
        assert any(line.startswith("── ✅ #") and name in line for line in played.stdout.splitlines())
