"""cfn-lint's JSON Schema validator with cheaper copies of itself.

cfn-lint 1.58 makes a copy of its validator and of its context for every node that it visits, by way of
`dataclasses.fields`, and a new dataclass for every set of keywords that a rule adds, for every resource.  Both
are seen in a profile of our templates as a quarter of the time.  The copies here are the same objects, made
by copying the attributes; a class for one set of keywords is made once.
"""

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, ClassVar

from cfnlint.context import Context
from cfnlint.rules.jsonschema.Base import BaseJsonSchema
from cfnlint.template import Template

Classes = dict[Any, type]  # cheap class by what it was made from: a class, or a class and what extends it

_EMPTY = Template(None, {})


class _CheapCopies:
    """Over a validator class of cfn-lint: `evolve` and `extend` with the same results."""

    _of_the_class: ClassVar[Mapping[str, Any]]
    _made: ClassVar[Classes]

    def __init__(self, schema: Any = True, **fields: Any) -> None:
        """A validator without a template gets the one empty template, instead of one made for it."""
        super().__init__(schema=schema, **{"cfn": _EMPTY, **fields})  # type: ignore[call-arg]

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
        own: Any = self
        make = super().extend  # type: ignore[misc]
        if own.validators is not self._of_the_class["validators"]:  # a rule has set its own on this one
            return typing.cast(type, make(validators, function_filter, fn_resolvers))
        chosen = function_filter or own.function_filter
        key = (
            type(self),
            frozenset((validators or {}).items()),
            (chosen.add_cfn_lint_keyword, chosen.validate_dynamic_references),
            frozenset((fn_resolvers or {}).items()),
        )
        if key not in self._made:
            self._made[key] = _with_cheap_copies(make(validators, chosen, fn_resolvers), self._made)
        return self._made[key]


def _with_cheap_copies(kind: type, made: Classes) -> type:
    # Keywords and types are fields too, but none of the constructor's: every new copy gets the class's.
    fixed = {
        field.name: field.default_factory()
        for field in dataclasses.fields(kind)
        if not field.init and field.default_factory is not dataclasses.MISSING
    }
    return type(kind.__name__, (_CheapCopies, kind), {"_of_the_class": fixed, "_made": made})


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

    def __init__(self) -> None:
        super().__init__()
        self._made: Classes = {}

    def extend_validator(self, validator: Any, schema: Any, context: Any, validators: Any = None) -> Any:
        kind = type(validator)
        if kind not in self._made:
            self._made[kind] = _with_cheap_copies(kind, self._made)
        start = _as(self._made[kind], validator)
        return super().extend_validator(start, schema, _as(_CheapContext, context), validators)


def _as(kind: type, original: Any) -> Any:
    """The same object under a class derived from its own."""
    copy: Any = object.__new__(kind)
    copy.__dict__.update(original.__dict__)
    return copy
