"""The tables of the ledger 台帳 for dunning. Same rules as in `tables`: nothing is deleted, money is integer yen."""
