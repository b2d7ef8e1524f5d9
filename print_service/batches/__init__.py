"""Step 2 freeze 抽出: job parameters, exclusions and postal order become pieces; step 6 seals them."""
