"""Cells in, invoices and problems out: from the bytes of a workbook to a `Ledger`."""
