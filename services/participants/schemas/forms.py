"""What application forms look like on the wire."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from services.common.condition_syntax import LONGEST
from services.common.wire import Code, Count, Flag, Request, Resource, Text, Texts
from services.participants.domain.forms import FieldKind, FormField, FormState

ConditionText = Annotated[Text, Field(max_length=LONGEST, examples=["${applied_before} = 'yes'"])]
"""A condition on answers, in the expression language of XLSForm."""


class Choice(Request):
    """One thing to choose."""

    code: Code
    label: Texts


class FieldWrite(Request):
    """One question; its texts in every language in which the form can be filled in."""

    code: Code
    kind: FieldKind
    label: Texts
    hint: Texts | None = None
    required: Flag = False
    relevant: ConditionText | None = None
    """The condition under which it is asked."""
    constraint: ConditionText | None = None
    """What its answer (`.`) must meet."""
    choices: list[Choice] = Field(default_factory=list, max_length=200)
    minimum: Count | None = None
    """Smallest number, fewest characters or fewest choices."""
    maximum: Count | None = None
    variable: Code | None = None
    """The eligibility variable that the answer gives."""
    identifying: Flag = False
    """Whether the answer tells who it is; reviewers do not see it in a blind round."""


class DocumentWanted(Request):
    """One paper that belongs to the file."""

    code: Code
    label: Texts
    required: Flag = True


class FormContent(Request):
    """What a version of a form asks."""

    title: Texts
    fields: list[FieldWrite] = Field(min_length=1, max_length=200)
    documents: list[DocumentWanted] = Field(default_factory=list, max_length=30)


class FormCreate(FormContent):
    """A new version of a form; the first, where nobody used its code before."""

    code: Code


class FormItem(Resource):
    """One version of a form, in a list."""

    code: str
    number: int
    title: dict[str, str]
    state: FormState


class FormRead(FormItem):
    """One version of a form: the questions as hints for a screen, and the schema of their answers."""

    fields: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    json_schema: dict[str, Any]


def fields_of(content: Sequence[Mapping[str, Any]]) -> list[FormField]:
    """Return the questions of a stored form, as the rules know them."""
    return [
        FormField(
            code=one["code"],
            kind=FieldKind(one["kind"]),
            required=one["required"],
            relevant=one["relevant"],
            constraint=one["constraint"],
            choices=[choice["code"] for choice in one["choices"]],
            minimum=one["minimum"],
            maximum=one["maximum"],
            variable=one["variable"],
        )
        for one in content
    ]
