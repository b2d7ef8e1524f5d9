"""Step 4 compose 印字: forms and fields become pages; knows paper and glyphs, not tax."""
