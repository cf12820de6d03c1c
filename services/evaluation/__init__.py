"""Owns evidence: instruments, campaigns, sealed answers, results that may be shown, recommendations.

Never learns who answered: it refers to people by per-edition pseudonyms only.
"""
