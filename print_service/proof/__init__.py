"""Step 5 prove 読み戻し: the finished PDF is read with other eyes and compared with the ledger."""
