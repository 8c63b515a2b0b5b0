"""Many workbooks in one command: seconds, beside one command per workbook in the same run.

python benchmarks/several.py [--workbooks 1000] [--rows 200]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent


def seconds(folder: Path, *words: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "relance", "status", "--today", "2026-11-20", "--json", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--workbooks", type=int, default=1000)
    options.add_argument("--rows", type=int, default=200)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maker = [sys.executable, str(HERE / "make_workbook.py"), str(asked.rows), str(folder / "suivi.xlsx")]
        subprocess.run(maker, check=True)
        for number in range(asked.workbooks):
            (folder / "clients" / f"{number:04}").mkdir(parents=True)
            shutil.copy(folder / "suivi.xlsx", folder / "clients" / f"{number:04}")
        alone = min(seconds(folder, "-w", "suivi.xlsx") for _ in range(5))
        together = seconds(folder, "-w", "clients")
    print(f"{asked.workbooks} workbooks of {asked.rows} rows on {os.cpu_count()} cores: {together:.1f} s")
    apart = alone * asked.workbooks
    print(f"one after the other, a process each: {apart:.1f} s ({together / apart:.2f} x)")


if __name__ == "__main__":
    main()
