"""The sheet doctor: a ledger in, its problems out. Pure."""
