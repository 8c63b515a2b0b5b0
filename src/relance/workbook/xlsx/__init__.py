"""The package of an .xlsx file, patched by splicing bytes: edits in, the same file with those cells changed out.

Nothing here knows what an invoice is.
"""
