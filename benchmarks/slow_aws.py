"""An AWS that answers every read after a fixed time.

    python -m benchmarks.slow_aws ESTATE SECONDS [older] [show] -- COMMAND…

Runs the command with AWS's own variables set to this endpoint, and ends with its exit code.  The answers are made
beforehand and sent as they are, so what is measured beside the waiting is the command.  `older`: the live templates
say another year, so that every StackSet has a change.  `show`: what the command prints is shown.

Prints `seconds processor-seconds mebibytes calls most-at-once` of the command alone.
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs

from benchmarks.aws_answers import REGION, Answers, account_of, answers, key_id

SECRET = "secret-of-nobody"
YEARS = ("2028-", "2027-")  # compiled, and live where the estate is to be older


class Endpoint:
    """The answers over HTTP; counts the calls and how many waited at once."""

    def __init__(self, made: Answers, delay: float) -> None:
        self.made, self.delay = made, delay
        self.calls: Counter[str] = Counter()
        self.waiting = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                headers = {name.lower(): value for name, value in fields.items()}
                body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                answer = self._answer(headers, body)
                self.waiting += 1
                self.most = max(self.most, self.waiting)
                await asyncio.sleep(self.delay)
                self.waiting -= 1
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, headers: dict[str, str], body: str) -> bytes:
        account = account_of(headers["authorization"].split("Credential=")[1].split("/")[0])
        target = headers.get("x-amz-target", "")
        if target:
            operation, asked = target.rpartition(".")[2], json.loads(body or "{}")
        else:
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            operation = asked["Action"]
        self.calls[operation] += 1
        of = asked.get("StackSetName") or asked.get("StackName") or asked.get("ParentId") or ""
        found = self.made.get((account, operation, of, asked.get("NextToken", "")))
        status = "200 OK" if found is not None else "501 Not Implemented"
        kind = "application/x-amz-json-1.1" if target else "text/xml"
        told = found if found is not None else f"no answer to {operation} of {of!r}".encode()
        return (
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(told)}\r\n\r\n".encode()
            + told
        )


def environment(folder: Path, made: Answers, port: int) -> dict[str, str]:
    """AWS's variables for the command; the profiles are named after the accounts."""
    config, secrets = folder / "config", folder / "credentials"
    accounts = sorted({account for account, *_ in made})
    names = [*accounts, "default"]
    config.write_text(
        "".join(
            f"[{'default' if name == 'default' else f'profile {name}'}]\nregion = {REGION}\n"
            for name in names
        )
    )
    secrets.write_text(
        "".join(
            f"[{name}]\naws_access_key_id = {key_id(accounts[0] if name == 'default' else name)}\n"
            f"aws_secret_access_key = {SECRET}\n"
            for name in names
        )
    )
    return {
        **os.environ,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(secrets),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


async def main(estate: str, seconds: str, *rest: str) -> int:
    options, command = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
    older = "older" in options
    made = answers(Path(estate), lambda text: text.replace(*YEARS) if older else text)
    endpoint = Endpoint(made, float(seconds))
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    with tempfile.TemporaryDirectory() as temporary:
        variables = environment(Path(temporary), made, server.sockets[0].getsockname()[1])
        out = None if "show" in options else asyncio.subprocess.DEVNULL
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(*command, env=variables, stdout=out)
        code = await process.wait()
        took = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = used.ru_maxrss / 1024
    print(took, used.ru_utime + used.ru_stime, memory, endpoint.calls.total(), endpoint.most)
    server.close()
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
