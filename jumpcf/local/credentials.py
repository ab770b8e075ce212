"""The AWS configuration and credentials files that point every profile of an estate at its account."""

import configparser
import functools
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session

from jumpcf.estate.model import Estate
from jumpcf.local.accounts import access_key_id, secret_access_key
from jumpcf.local.gate import SERVICES

CONFIG, CREDENTIALS = "aws-config", "aws-credentials"
_NOT_OURS = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


@functools.cache
def clean_session() -> boto3.Session:
    """A session that reads no configuration, whatever the process around it has set."""
    nothing: dict[str, Any] = {
        "profile": (None, [], None, None),
        "config_file": (None, [], os.devnull, None),
        "credentials_file": (None, [], os.devnull, None),
    }
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=nothing))


def profiles(estate: Estate, regions: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Profile name to (account, region): `local-<account id>` for every account in `regions`, each profile
    that the estate names, and `default` for the jump account."""
    found = {f"local-{account}": (account, region) for account, region in sorted(regions.items())}
    connections = [*(item.connection for item in estate.organizations.values()), estate.jump]
    for connection in connections:
        if connection.profile:
            found[connection.profile] = (connection.account, connection.region)
    return found | {"default": (estate.jump.account, estate.jump.region)}


def write(folder: Path, wanted: Mapping[str, tuple[str, str]]) -> tuple[Path, Path]:
    """Write `aws-config` and `aws-credentials` into the folder; returns their paths."""
    config, credentials = configparser.RawConfigParser(), configparser.RawConfigParser()
    for name, (account, region) in wanted.items():
        config["default" if name == "default" else f"profile {name}"] = {"region": region, "output": "json"}
        credentials[name] = {
            "aws_access_key_id": access_key_id(account),
            "aws_secret_access_key": secret_access_key(account),
        }
    return _save(folder / CONFIG, config), _save(folder / CREDENTIALS, credentials)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody's session, and the address that he comes from."""

    key: str
    secret: str
    token: str
    region: str
    address: str


def is_free(folder: Path, profile: str) -> bool:
    """Whether a person may have this profile: there is none of the name, or another session has it."""
    found = configparser.RawConfigParser()
    found.read(folder / CREDENTIALS, encoding="utf-8")
    return not found.has_section(profile) or found.has_option(profile, "aws_session_token")


def add(folder: Path, profile: str, person: Person) -> None:
    """Write a person's session as a profile beside the others; `write` takes it away again."""
    config, credentials = configparser.RawConfigParser(), configparser.RawConfigParser()
    config.read(folder / CONFIG, encoding="utf-8")
    credentials.read(folder / CREDENTIALS, encoding="utf-8")
    config[f"profile {profile}"] = {
        "region": person.region,
        "output": "json",
        "sdk_ua_app_id": person.address,
    }
    credentials[profile] = {
        "aws_access_key_id": person.key,
        "aws_secret_access_key": person.secret,
        "aws_session_token": person.token,
    }
    _save(folder / CONFIG, config)
    _save(folder / CREDENTIALS, credentials)


def of_person(endpoint: str, folder: Path, account: str, person: Person) -> dict[str, str]:
    """What a process needs to be that person at the embedded AWS."""
    values = environment(endpoint, folder / CONFIG, folder / CREDENTIALS, account, person.region)
    return values | {
        "AWS_ACCESS_KEY_ID": person.key,
        "AWS_SECRET_ACCESS_KEY": person.secret,
        "AWS_SESSION_TOKEN": person.token,
        "AWS_SDK_UA_APP_ID": person.address,
    }


def environment(endpoint: str, config: Path, credentials: Path, account: str, region: str) -> dict[str, str]:
    """What a process needs in its environment to talk to the embedded AWS and to nothing else, from any folder.

    It also overrides what a developer may have set for the real AWS: keys, profile, endpoints per service.
    """
    values = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": str(config.absolute()),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials.absolute()),
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_PROFILE": "default",
        "AWS_ACCESS_KEY_ID": access_key_id(account),
        "AWS_SECRET_ACCESS_KEY": secret_access_key(account),
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    values |= {f"AWS_ENDPOINT_URL_{service.upper()}": endpoint for service in SERVICES}
    return values | dict.fromkeys(_NOT_OURS, "")


def _save(path: Path, content: configparser.RawConfigParser) -> Path:
    text = io.StringIO()
    content.write(text)
    path.write_text(text.getvalue(), encoding="utf-8")
    path.chmod(0o600)
    return path
