"""Step 11 collect 収納: payment files become receipts, receipts find their slips."""
