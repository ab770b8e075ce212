"""cfn-lint's JSON Schema validator with cheaper copies of itself.

cfn-lint 1.58 makes a copy of its validator and of its context for every node that it visits, by way of
`dataclasses.fields`, and a new dataclass for every set of keywords that a rule adds, for every resource.  Both
are seen in a profile of our templates as a quarter of the time.  The copies here are the same objects, made
by copying the attributes; a class for one set of keywords is made once.
"""

import dataclasses
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

from cfnlint.context import Context
from cfnlint.rules.jsonschema.Base import BaseJsonSchema

_classes: dict[Hashable, type] = {}


class _CheapCopies:
    """Over a validator class of cfn-lint: `evolve` and `extend` with the same results."""

    _of_the_class: ClassVar[Mapping[str, Any]] = {}

    def evolve(self, **changes: Any) -> Any:
        if changes.get("context", self) is None or changes.get("resolver", self) is None:
            return super().evolve(**changes)  # type: ignore[misc]
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(self._of_the_class)  # a rule may have set its own on this one; it ends here
        copy.__dict__.update(changes)
        return copy

    def extend(
        self,
        validators: Mapping[str, Any] | None = None,
        function_filter: Any = None,
        fn_resolvers: Mapping[str, Any] | None = None,
    ) -> type:
        chosen: Any = function_filter or self.function_filter  # type: ignore[attr-defined]
        key = (
            type(self),
            frozenset((validators or {}).items()),
            (chosen.add_cfn_lint_keyword, chosen.validate_dynamic_references),
            frozenset((fn_resolvers or {}).items()),
        )
        if key not in _classes:
            made = super().extend(validators, function_filter, fn_resolvers)  # type: ignore[misc]
            _classes[key] = _with_cheap_copies(made)
        return _classes[key]


def _with_cheap_copies(kind: type) -> type:
    # Keywords and types are fields too, but none of the constructor's: every new copy gets the class's.
    fixed = {
        field.name: field.default_factory()
        for field in dataclasses.fields(kind)
        if not field.init and field.default_factory is not dataclasses.MISSING
    }
    return type(kind.__name__, (_CheapCopies, kind), {"_of_the_class": fixed})


class _CheapContext(Context):  # type: ignore[misc]
    """A context whose `evolve` copies the attributes."""

    def evolve(self, **changes: Any) -> Any:
        if "ref_values" in changes:
            changes["ref_values"] = {**self.ref_values, **changes["ref_values"]}
        copy = object.__new__(_CheapContext)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        if "resources" in changes:
            copy.__dict__.pop("module_names", None)  # computed from them, and kept
        return copy


class CheapValidation(BaseJsonSchema):  # type: ignore[misc]
    """Over E1001, the rule by which all other schema rules are called: begins with the cheap classes."""

    def extend_validator(self, validator: Any, schema: Any, context: Any, validators: Any = None) -> Any:
        kind: Hashable = type(validator)
        if kind not in _classes:
            _classes[kind] = _with_cheap_copies(type(validator))
        start = _as(_classes[kind], validator)
        return super().extend_validator(start, schema, _as(_CheapContext, context), validators)


def _as(kind: type, original: Any) -> Any:
    """The same object under a class derived from its own."""
    copy: Any = object.__new__(kind)
    copy.__dict__.update(original.__dict__)
    return copy
