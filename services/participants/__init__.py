"""Owns people: nominations, selection, offers, attendance, certificates, vouchers, consents, messages.

Refers to editions, seat lines and training sessions by id, through its mirror of them.
"""
