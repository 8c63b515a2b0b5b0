"""Workbooks to edit in tests, and the judges of an edit: an independent diff, the shared judge, LibreOffice."""
