"""Codes that others keep: ISO countries and currencies, and the IATI codelists as compact data of our own."""
