"""Owns the portfolio: programs, editions, timetable, partners, seats, deliveries, money, publication.

Refers to persons and to results by id only.
"""
