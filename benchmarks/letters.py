"""How many messages a minute are drafted: text, page, transfer code, bytes.

    python benchmarks/letters.py [--messages 1000]

Every message is another client's, with two invoices, of which one part paid, at steps 2 to 4, in both languages. The
figures are of one process and of one per core side by side, in processor time and on the clock; nothing is written.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

AT = datetime.fromisoformat("2026-11-20T08:30:12+01:00")


def draft(count: int) -> tuple[float, int]:
    """Make so many messages: the seconds of processor they took, and their bytes."""
    from letter_cases import SENDER, case, letter  # noqa: PLC0415 - each process loads its own
    from relance.letters.eml import message_bytes  # noqa: PLC0415

    asked = [case(2 + n % 3, ("fr", "en")[n % 2], key=f"client-{n}", name=f"Client {n}") for n in range(count)]
    message_bytes(letter(asked[0]), SENDER, AT)  # templates are compiled once a run
    start = time.process_time()
    size = sum(len(message_bytes(letter(one), SENDER, AT)) for one in asked)
    return time.process_time() - start, size


def main() -> None:
    """Print messages a minute: one process, then one per core."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1000)
    count = parser.parse_args().messages
    start = time.perf_counter()
    spent, size = draft(count)
    wall = time.perf_counter() - start
    print(f"one process:   {count / spent * 60:9.0f} a minute of processor, {count / wall * 60:9.0f} on the clock")
    print(f"               {spent / count * 1000:9.2f} ms and {size / count / 1000:.1f} kB a message")
    cores = os.cpu_count() or 1
    start = time.perf_counter()
    with ProcessPoolExecutor(cores) as pool:
        spent = sum(one for one, _ in pool.map(draft, [count // cores] * cores))
    wall = time.perf_counter() - start
    print(f"{cores} processes:   {count / wall * 60:9.0f} a minute on the clock")
    print(f"               {spent / count * 1000:9.2f} ms of processor a message")


if __name__ == "__main__":
    main()
