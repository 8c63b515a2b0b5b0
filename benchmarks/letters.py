"""How many messages a minute are drafted: text, page, transfer code, bytes; then by a whole command.

    python benchmarks/letters.py [--messages 1000]

Every message is another client's, with two invoices, of which one part paid, at steps 2 to 4. The first figures are of
messages in both languages made and not written, by one process and by one per core side by side; the last of a whole
`relance remind` over a workbook of so many clients, with its files and its journal on disk. In processor time and on
the clock.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter
from make_workbook import EPOCH, HEADERS, TODAY
from measuring import Run, run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

AT = datetime.fromisoformat("2026-11-20T08:30:12+01:00")
COMPANY = """[company]
name = "Société Dupont"
email = "compta@dupont.example"
iban = "FR7630006000011234567890189"
"""


def draft(count: int) -> tuple[float, int]:
    """Make so many messages: the seconds of processor they took, and their bytes."""
    from letter_cases import SENDER, case, letter  # noqa: PLC0415 - each process loads its own
    from relance.letters.eml import message_bytes  # noqa: PLC0415

    asked = [case(2 + n % 3, ("fr", "en")[n % 2], key=f"client-{n}", name=f"Client {n}") for n in range(count)]
    message_bytes(letter(asked[0]), SENDER, AT)  # templates are compiled once a run
    start = time.process_time()
    size = sum(len(message_bytes(letter(one), SENDER, AT)) for one in asked)
    return time.process_time() - start, size


def write_workbook(path: Path, clients: int) -> None:
    """Two invoices per client, late and reminded once or twice, the newest part paid."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet, day = book.add_worksheet("Factures"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADERS)
    for row in range(1, 2 * clients + 1):
        client, newer = divmod(row - 1, 2)
        due, count = TODAY - timedelta(60 - 20 * newer + client % 30), 1 + client % 2
        reminders = (f"{TODAY - timedelta(20 + 15 * back):%d/%m/%Y}" for back in reversed(range(count)))
        days = {2: due - timedelta(30), 3: due} | ({7: TODAY - timedelta(10)} if newer else {})
        name = f"Client {client:05}"
        cells = (name, f"F-2026-{row:06}", None, None, 1000 + row, None, 300 if newer else None, None, count,
                 " ; ".join(reminders), "Relancée", f"compta@client{client:05}.example")  # fmt: skip
        for column, value in enumerate(cells):
            if column in days:
                sheet.write_number(row, column, (days[column] - EPOCH).days, day)
            elif value is not None:
                sheet.write(row, column, value)
    book.close()


def remind(clients: int) -> tuple[Run, int]:
    """A whole `relance remind`: what it cost, and the drafts it left."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workbook(folder / "suivi.xlsx", clients)
        (folder / "relance.toml").write_text(COMPANY, "utf-8")
        command = [sys.executable, "-m", "relance", "remind", "-w", str(folder / "suivi.xlsx"), "--yes"]
        cost = run([*command, "--today", TODAY.isoformat()])
        return cost, len(list((folder / "relance" / "drafts").rglob("*.eml")))


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
    cost, drafts = remind(count)
    print(f"relance remind:{drafts / cost.wall * 60:9.0f} a minute on the clock, {drafts} drafts in {cost.wall:.1f} s")
    print(f"               {cost.cpu / drafts * 1000:9.2f} ms of processor a message, {cost.memory:.0f} MB")


if __name__ == "__main__":
    main()
