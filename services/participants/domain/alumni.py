"""Alumni: former participants who agreed to be found, and how the agency stays in touch."""

from enum import StrEnum


class EngagementKind(StrEnum):
    """How the agency and a former participant met again."""

    CONTACT = "contact"
    EVENT = "event"
    MENTORING = "mentoring"
    LECTURE = "lecture"
    PUBLICATION = "publication"
    JOINT_PROJECT = "joint_project"
    OTHER = "other"
