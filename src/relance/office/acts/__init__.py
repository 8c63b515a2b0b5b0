"""The acts that write: what happened, recorded into the workbook and the journal, and taken back."""
