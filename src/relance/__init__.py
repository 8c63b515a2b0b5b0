"""relance: whom to chase today, on the workbook a company already has.

The map of the house; imports only go down:

    cli            options in, one act, output out
    office         the acts of the day, one room each: the only place where the edges meet
    rulebook       the facts of data/ under the user's wishes, as the pure domain folds over them
    workbook       the spreadsheet as a file, and the folder beside it: cells in, invoices and problems out
    letters        decisions in, messages to clients out
    reports        what we show the owner: views of machine values, and their renderers
    config         defaults < user < folder < environment < flags
    settings_file  one relance.toml: its text in, its settings with their lines out
    options files  every key there is · bytes to a file of ours, whole and on disk
    domain         what a receivable is and what the rules say; pure
    language       messages, money and dates for people · errors money dates: the ground
"""

__version__ = "0.1.0"
