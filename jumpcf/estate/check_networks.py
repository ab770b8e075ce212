"""Partners' networks, written out or locked from Parameter Store."""

from collections.abc import Iterable

from jumpcf.errors import Mark
from jumpcf.estate import networks
from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.resolve import locked_networks
from jumpcf.estate.schema import PartnerFile
from jumpcf.estate.similar import did_you_mean
from jumpcf.estate.validate import File


def check_networks(params: Params, report: Report) -> None:
    """Report networks that are none, too wide, not public, or covered by another of the same partner."""
    locked = locked_networks(params)
    for file in params.partners.values():
        if not file:
            continue
        written = file.model.networks
        if isinstance(written, str):
            _parameter(file, written.removeprefix("ssm:"), params, locked, report)
        else:
            marks = (file.mark("networks", index) for index in range(len(written)))
            _networks(zip(written, marks, strict=True), report)


def _parameter(
    file: File[PartnerFile], name: str, params: Params, locked: dict[str, list[str]], report: Report
) -> None:
    if name in locked:
        assert params.parameters is not None
        mark = params.parameters.mark("parameters", name, "value")
        _networks([(cidr, mark) for cidr in locked[name]], report)
    elif not params.parameters_broken:
        message = f"networks: params/lock/parameters.json has no {name}"
        hint = did_you_mean(name, locked, "jumpcf sync reads it from Parameter Store in the jump account")
        report.add(file.mark("networks"), "E227", message, hint)


def _networks(written: Iterable[tuple[str, Mark]], report: Report) -> None:
    marks: dict[networks.Network, list[Mark]] = {}
    for text, mark in written:
        try:
            marks.setdefault(networks.parse(text), []).append(mark)
        except networks.NotANetwork as error:
            report.add(mark, error.code, f"networks: {error}", error.hint)
    every = [network for network, places in marks.items() for _ in places]
    for inner, outer in networks.contained(every):
        what = "stands here twice" if inner == outer else f"lies within {outer}"
        report.add(marks[inner].pop(), "E226", f"networks: {inner} {what}", "remove it")
