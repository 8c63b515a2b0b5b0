"""What each command shows: domain values in, one `View` out. No format, width or language here."""
