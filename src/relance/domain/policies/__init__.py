"""Whom to chase: the rules and the policy they read, as data; invoices in, decisions with their reasons out. Pure."""
