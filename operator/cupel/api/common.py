"""Words shared by every kind: the frozen model, object metadata, conditions, bounded strings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from pydantic.alias_generators import to_camel

GROUP = "cupel.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"

Digest = Annotated[str, Field(pattern=r"^sha256-[0-9a-f]{64}$", min_length=71, max_length=71)]
"""`sha256-` and 64 hexadecimal digits: the hash of one canonical bundle (see `bundle`)."""

ObjectName = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", min_length=1, max_length=63)]
"""An RFC 1123 label, so that it also fits a Kubernetes label value."""

UserName = Annotated[str, Field(min_length=1, max_length=253)]

Contributors = Annotated[tuple[UserName, ...], Field(max_length=128)]
"""Who asked besides `requestedBy`: earlier askers, and who asked for the gap a tool was made for."""

JsonObject = Annotated[dict[str, Any], Field(max_length=1000)]
"""Any JSON object. Free-form in the CRD; checked by the `Accepted` gate instead."""

Generation = Annotated[StrictInt, Field(ge=0, le=2**53)]
"""A metadata.generation."""


class Model(BaseModel):
    """Frozen, camelCase on the wire, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    def wire(self) -> JsonObject:
        """The JSON form the API server stores: camelCase, absent values left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class OwnerReference(BaseModel):
    """Who an object belongs to; fields we do not name are ignored."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)
    kind: str
    name: str
    uid: str
    controller: bool = False


class ObjectMeta(BaseModel):
    """The metadata we read, by name. Open: Kubernetes adds fields and nothing here may break."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)
    name: str
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
    owner_references: tuple[OwnerReference, ...] = ()
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None


class Resource(BaseModel):
    """A kind of ours as the API server gives it: metadata open, spec and status closed."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    metadata: ObjectMeta

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> Self:
        """Read one object. Raises `pydantic.ValidationError` when it is not of this kind."""
        return cls.model_validate(body, by_alias=True, by_name=False)

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def namespace(self) -> str:
        return self.metadata.namespace


class Condition(Model):
    """One aspect of an object's state (Kubernetes API conventions, "Typical status properties")."""

    type: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Z][A-Za-z]*$")] = Field(
        description="What is judged, a past participle or adjective such as Validated or Ready."
    )
    status: Literal["True", "False", "Unknown"] = Field(
        description="True: holds. False: refused, a person must act. Unknown: in progress."
    )
    reason: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Z][A-Za-z0-9]*$")] = Field(
        description="Stable CamelCase word that says why; listed in docs/reasons.md."
    )
    message: Annotated[str, Field(max_length=4096)] = Field(
        default="", description="For people: what is wrong, and what would make it right."
    )
    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this was judged for."
    )
    last_transition_time: datetime = Field(description="When status last changed.")
