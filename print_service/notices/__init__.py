"""Step 4 compose 印字: facts of a piece become forms, fields and marks."""
