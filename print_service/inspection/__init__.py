"""Step 8 inspect 検査: sampling plan, findings, a signature bound to the container's hash."""
