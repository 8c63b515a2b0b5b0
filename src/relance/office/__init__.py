"""The acts of the day, one function each: the only place where the edges meet.

book      open the book: find the workbook, read it and its journal, lay the rules beside them
find      the invoices a person names
remind    draft the reminders
"""
