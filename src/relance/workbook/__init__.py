"""The spreadsheet as a file, and the folder beside it: cells in, invoices and problems out; edits in, the same file
with those cells changed out.

Reading goes read (a path becomes sheets of values) > columns, table (which column plays which role) > rows (a row
becomes an invoice or is set aside). Nothing here knows the rules, the clock, the terminal or the letters.
"""
