"""The IATI codelists the product needs, read from the JSON files beside this one (see README.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

CODELISTS = frozenset(
    (
        *("ActivityDateType", "ActivityScope", "ActivityStatus", "AidType", "AidTypeVocabulary"),
        *(
            "BudgetIdentifier",
            "BudgetNotProvided",
            "BudgetStatus",
            "BudgetType",
            "ConditionType",
            "ContactType",
        ),
        *("CRSAddOtherFlags", "GeographicExactness", "GeographicVocabulary"),
        *("HumanitarianScopeType", "HumanitarianScopeVocabulary", "OtherIdentifierType"),
        *("CRSChannelCode", "CashandVoucherModalities", "CollaborationType", "Country", "Currency"),
        *(
            "DocumentCategory",
            "FinanceType",
            "FlowType",
            "IndicatorMeasure",
            "IndicatorVocabulary",
            "Language",
        ),
        *("OrganisationRegistrationAgency", "OrganisationRole", "OrganisationType", "PolicyMarker"),
        *("PolicySignificance", "Region", "RelatedActivityType", "ResultType", "Sector", "SectorCategory"),
        *("SectorVocabulary", "TagVocabulary", "TiedStatus", "TransactionType"),
        *("UNSDG-Goals", "UNSDG-Targets"),
    )
)


@dataclass(frozen=True)
class CodelistEntry:
    """One code, its official names in `en` and often `fr`, and the coarser group it belongs to, if any."""

    code: str
    name: Mapping[str, str]
    category: str | None
    withdrawn: bool
    withdrawn_on: date | None


@dataclass(frozen=True)
class Codelist:
    """A codelist in one version of IATI's files; unless it is `complete`, codes it lacks may be valid too."""

    name: str
    title: str
    version: str
    as_of: date
    complete: bool
    entries: Mapping[str, CodelistEntry]

    def entry(self, code: str) -> CodelistEntry:
        """Return the entry, withdrawn or not; raises KeyError if the list never had the code."""
        return self.entries[code]

    def is_current(self, code: str) -> bool:
        """Say whether a new record may use the code: it is on the list and not withdrawn."""
        return code in self.entries and not self.entries[code].withdrawn


@cache
def load_codelist(name: str) -> Codelist:
    """Return the codelist with this IATI name; raises KeyError if it is not one of `CODELISTS`."""
    if name not in CODELISTS:
        raise KeyError("the product holds no codelist of this name")
    content = json.loads((files("services.common.codelists") / f"{name}.json").read_text("utf-8"))
    return Codelist(
        name=name,
        title=content["title"],
        version=content["version"],
        as_of=date.fromisoformat(content["as_of"]),
        complete=content["complete"],
        entries=MappingProxyType({entry["code"]: _read_entry(entry) for entry in content["entries"]}),
    )


def _read_entry(entry: dict[str, Any]) -> CodelistEntry:
    withdrawn_on = entry.get("withdrawn_on")
    return CodelistEntry(
        code=entry["code"],
        name=MappingProxyType(entry["name"]),
        category=entry.get("category"),
        withdrawn=entry.get("withdrawn", False),
        withdrawn_on=date.fromisoformat(withdrawn_on) if withdrawn_on else None,
    )
