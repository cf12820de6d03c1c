"""Runs every benchmark, each in a process of its own, and puts together which goals are reached."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.harness import RESULT

NO_BENCHMARKS: Final = frozenset({"__init__", "__main__", "ceilings", "harness"})


def main() -> None:
    """Run all, or those that are named; end with status 1 if one of them fails."""
    names = sys.argv[1:] or sorted(
        file.stem for file in Path(__file__).parent.glob("*.py") if file.stem not in NO_BENCHMARKS
    )
    results, failed, begun = [], [], time.monotonic()
    for name in names:
        print(f"\n== {name}", flush=True)
        with subprocess.Popen(  # noqa: S603  ours
            [sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                print(line, end="", flush=True)
                if line.startswith(RESULT):
                    results.append(line.removeprefix(RESULT).rstrip())
        if running.returncode != 0:
            failed.append(name)
    print(f"\n== all, in {(time.monotonic() - begun) / 60:.1f} minutes")
    for result in results:
        print(result)
    for name in failed:
        print(f"{name}: failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
