"""The tables of the ledger 台帳 for custody. Same rules as in `tables`: nothing is deleted, money is integer yen."""
