"""What the embedded AWS has not, before moto sees it: whole services, and parts of S3 that moto takes for others.

moto reads an S3 request with a subresource that it does not know (`?analytics`) as one about the bucket or
object itself, and would answer as if it had done what was asked.
"""

from urllib.parse import parse_qsl

from jumpcf.local.gate import SERVICES, Environ

# What S3's requests carry in the query and moto reads (Amazon S3 API reference; moto/s3/responses.py).
_S3_QUERY = frozenset(
    [
        *(
            "accelerate",
            "acl",
            "attributes",
            "cors",
            "delete",
            "encryption",
            "legal-hold",
            "lifecycle",
            "list-type",
        ),
        *(
            "location",
            "logging",
            "notification",
            "object-lock",
            "ownershipControls",
            "policy",
            "policyStatus",
        ),
        *("publicAccessBlock", "replication", "requestPayment", "restore", "retention", "select", "tagging"),
        *("uploads", "versioning", "versions", "website"),
        *(
            "continuation-token",
            "delimiter",
            "encoding-type",
            "fetch-owner",
            "key-marker",
            "marker",
            "max-keys",
        ),
        *(
            "max-parts",
            "max-uploads",
            "part-number-marker",
            "partNumber",
            "prefix",
            "select-type",
            "start-after",
        ),
        *(
            "upload-id-marker",
            "uploadId",
            "version-id-marker",
            "versionId",
            "x-id",
            "max-buckets",
            "bucket-region",
        ),
        *("AWSAccessKeyId", "Expires", "Signature"),
    ]
)
_XML = frozenset({"cloudfront", "route53", "s3-outposts", "s3express"})  # services whose errors are XML


def refusal(service: str, operation: str, environ: Environ) -> str | None:
    """Why a request cannot be answered here; None where it can be tried."""
    named = f" ({operation})" if operation else ""
    if service and service not in SERVICES:
        return f"The embedded AWS has not the service {service}{named}."
    if service == "s3":
        names = [name for name, _ in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)]
        unknown = [
            name for name in names if name not in _S3_QUERY and not name.startswith(("X-Amz-", "response-"))
        ]
        if unknown:
            return f"The embedded AWS has not ?{unknown[0]} of S3{named}."
    return None


def speaks_json(service: str, environ: Environ) -> bool:
    """Whether the error is to be JSON: what a request with a form for its body, or a service of XML, is not."""
    kind: str = environ.get("CONTENT_TYPE", "")
    return "json" in kind or not ("form" in kind or service in _XML or service in SERVICES)
