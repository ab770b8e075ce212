"""Templates to canonical bytes: sorted keys, compact, a final newline; troposphere's validation kept.

`Template.to_json` copies the whole tree twice and indents it; here orjson walks the objects themselves and
asks for the plain form of each.  A policy document renders once, however many resources share it.
"""

from typing import Any

import orjson
from troposphere import AWSHelperFn, BaseAWSObject, Template

from jumpcf.iam.document import encode

_SECTIONS = (  # CloudFormation User Guide, "Template sections"; attribute of Template and name in the file
    ("version", "AWSTemplateFormatVersion"),
    ("description", "Description"),
    ("metadata", "Metadata"),
    ("parameters", "Parameters"),
    ("mappings", "Mappings"),
    ("conditions", "Conditions"),
    ("rules", "Rules"),
    ("transform", "Transform"),
    ("globals", "Globals"),
    ("outputs", "Outputs"),
)


def render(template: Template) -> bytes:
    """The one form of a template.  Raises ValueError or TypeError where troposphere or orjson refuses it."""
    body: dict[str, Any] = {
        name: value for attribute, name in _SECTIONS if (value := getattr(template, attribute))
    }
    body["Resources"] = template.resources
    try:
        return orjson.dumps(body, default=plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError as error:
        if error.__cause__ is not None:
            raise error.__cause__ from None
        raise


def plain(value: Any) -> Any:
    """One step towards plain JSON; orjson comes back for what is inside."""
    if isinstance(value, BaseAWSObject):
        return _resource(value)
    if isinstance(value, AWSHelperFn):
        return value.data if type(value).to_dict is AWSHelperFn.to_dict else value.to_dict()
    if hasattr(value, "JSONrepr"):  # awacs, as troposphere itself knows it
        return encode(value)
    raise TypeError(f"{type(value).__name__} has no place in a template")


def _resource(value: BaseAWSObject) -> Any:
    """A resource or property after its validation, as BaseAWSObject.to_dict gives it, without the copies."""
    if type(value).to_dict is not BaseAWSObject.to_dict:
        return value.to_dict()
    if value.do_validation:
        value._validate_props()
        value.validate()
    if value.properties:
        return value.resource
    return {key: item for key, item in value.resource.items() if key != "Properties"}
