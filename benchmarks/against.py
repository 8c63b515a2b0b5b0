"""What relance is measured against: small programs that do no more than the claim says, given the workbook."""

ONE_TABLE = """
import typer
from rich.console import Console
from rich.table import Table
app = typer.Typer()
@app.command()
def main() -> None:
    table = Table(title="clients")
    for name in ("client", "open", "late"):
        table.add_column(name)
    for row in range(20):
        table.add_row(f"Client {row}", f"{row * 100},00", str(row))
    Console(force_terminal=True, width=100).print(table)
app()
"""

BARE_READ = """
import sys
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
print(len(book.get_sheet_by_index(0).to_python(skip_empty_area=False)))
"""

PANDAS = """
import sys
import pandas as pd
frame = pd.read_excel(sys.argv[1], engine="calamine")
today, day = pd.Timestamp("2026-11-20"), pd.Timedelta(days=1)
total, paid = frame["Montant TTC"].fillna(0), frame["Payé"].fillna(0)
deposit = frame["Acompte"].fillna(0)
due = pd.to_datetime(frame["Échéance"])
frame["open"] = (total - paid - deposit).where(~frame["Statut"].isin(["Payée", "Annulée", "Avoir"]), 0)
frame["late"] = (today - due).dt.days.clip(lower=0)
late = frame[(frame["open"] > 0.1) & (frame["late"] > 0)]
fees = 40.0 * len(late)
for start, end, rate in (("2026-01-01", "2026-06-30", 12.15), ("2026-07-01", "2026-12-31", 12.40)):
    first, last = (due[late.index] + day).clip(lower=pd.Timestamp(start)), min(today, pd.Timestamp(end))
    days = ((last - first).dt.days + 1).clip(lower=0)
    fees += (late["open"] * rate * days / 36500).round(2).sum()
print(frame["open"].sum(), late["open"].sum(), frame["open"].sum() - late["open"].sum(), fees)
buckets = pd.cut(late["late"], [0, 30, 60, 90, 1e9], labels=["1-30", "31-60", "61-90", "91+"])
print(late.groupby(buckets, observed=False)["open"].agg(["sum", "count"]))
print(late.groupby("Client").agg({"open": "sum", "late": "max"}))
"""

OPENPYXL = """
import sys
from datetime import date
from openpyxl import load_workbook
book = load_workbook(sys.argv[1])
sheet = book.active
sheet.cell(50, 7).value = 10.0
sheet.cell(50, 8).value = date(2026, 11, 20)
book.save(sys.argv[1])
"""

REZIP = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old:
    members = [(member, old.read(member)) for member in old.infolist()]
with zipfile.ZipFile(sys.argv[1] + ".new", "w", zipfile.ZIP_DEFLATED) as new:
    for member, content in members:
        new.writestr(member, content)
"""
