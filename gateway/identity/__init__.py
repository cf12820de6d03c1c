"""Owns accounts, grants, sign-ins, API keys and single-use links: the only personal data of the front door."""
