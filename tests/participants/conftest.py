"""The fixtures of this folder; they are declared beside what they build."""

from tests.participants.courses import _keyed, course, participants

__all__ = ["_keyed", "course", "participants"]
