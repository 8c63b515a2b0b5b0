"""Figures of a ledger: what is open by age, how clients pay, what can be expected, what a client owes. Pure."""
