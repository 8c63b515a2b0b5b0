"""relance: whom to chase today, on the workbook a company already has.

The map of the house; imports only go down:

    cli        options in, one act, output out
    office     the acts of the day, one function each: the only place where the edges meet
    workbook   the spreadsheet as a file, and the folder beside it: cells in, invoices and problems out
    letters    decisions in, messages to clients out
    reports    what we show the owner: views of machine values, and their renderers
    config     defaults < user < folder < environment < flags
    rulebook   the facts of data/ under the user's wishes, as the pure domain folds over them
    domain     what a receivable is and what the rules say; pure
    files      bytes to a file of ours, whole and on disk
    language   messages, money and dates for people · errors money dates: the ground
"""

__version__ = "0.1.0"
