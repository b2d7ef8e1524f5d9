"""Step 1 intake 取込: host files become validated assessments with control totals."""
