"""Tables in and out: CSV and workbooks as people have them, read strictly, written without formulas."""
