"""Anything that an OpenAPI description allows, as a hypothesis strategy: the part of the language that LINE's uses."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
Anything = st.SearchStrategy[Any]

_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
_FEW = 3


def anything_allowed(name: str, document: Schema) -> Anything:
    """Values of the component schema `name` of an OpenAPI document."""
    return _Schemas(document["components"]["schemas"]).named(name)


class _Schemas:
    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas
        self._made: dict[str, Anything] = {}

    def named(self, name: str) -> Anything:
        if name not in self._made:
            self._made[name] = st.deferred(lambda: self._of(self._schemas[name]))
        return self._made[name]

    def _of(self, schema: Schema) -> Anything:
        if "$ref" in schema:
            return self.named(_last(schema["$ref"]))
        if "oneOf" in schema:
            return st.one_of([self._of(part) for part in schema["oneOf"]])
        if "allOf" in schema:
            return self._object(self._merged(schema))
        if schema["type"] == "object":
            return self._object(schema)
        if schema["type"] == "array":
            return st.lists(self._of(schema["items"]), max_size=_FEW)
        return _scalar(schema)

    def _object(self, schema: Schema) -> Anything:
        if "additionalProperties" in schema:
            return st.dictionaries(_TEXT, self._of(schema["additionalProperties"]), max_size=_FEW)
        needed = schema.get("required", [])
        parts = {key: self._of(part) for key, part in schema.get("properties", {}).items()}
        return st.fixed_dictionaries(
            {key: part for key, part in parts.items() if key in needed},
            optional={key: part for key, part in parts.items() if key not in needed},
        )

    def _merged(self, schema: Schema) -> Schema:
        """One object schema out of the parts of an allOf; later parts say more about the same property."""
        whole: Schema = {"type": "object", "properties": {}, "required": []}
        for part in schema["allOf"]:
            known = self._schemas[_last(part["$ref"])] if "$ref" in part else part
            known = self._merged(known) if "allOf" in known else known
            whole["properties"] |= known.get("properties", {})
            whole["required"] += known.get("required", [])
        return whole


def _last(reference: str) -> str:
    return reference.rsplit("/", 1)[1]


def _scalar(schema: Schema) -> Anything:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    bits = 31 if schema.get("format") == "int32" else 63
    kinds = {
        "integer": st.integers(-(2**bits), 2**bits - 1),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "string": st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else _TEXT,
    }
    return kinds[schema["type"]]
