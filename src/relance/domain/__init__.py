"""What a receivable is and what the rules say. Pure: no file, clock, terminal or environment.

model      invoices, clients, the ledger, decisions
rates      the tables of legal and central-bank rates · terms  due dates from payment terms
fees       late fees, one line per stretch with one base and one rate
policy     the ladder of reminders · decide  whom to chase, and every rule that led there
checks     what is wrong in a ledger that was read without trouble · ageing  totals and buckets
"""
