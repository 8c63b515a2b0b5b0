"""What lateness costs: rates, terms, the law of a country and a contract in, late fees line by line out. Pure."""
