from unit import builders as an
from unit.asking import decide
from unit.compiled import compiled

from jumpcf.artifacts.manifest import Connection


def resources(tmp_path, **parts):
    return compiled(an.an_estate(**parts), tmp_path / "build")[1]["jump/jump-base"]["Resources"]


def test_the_bucket_is_closed_versioned_encrypted_and_stays(tmp_path):
    bucket = resources(tmp_path)["Artifacts"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    properties = bucket["Properties"]
    assert properties["BucketName"] == "jumpcf-example-111111111111-ap-northeast-1"
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "AES256" in str(properties["BucketEncryption"])
    assert "BucketOwnerEnforced" in str(properties["OwnershipControls"])


def test_only_tls_and_admin_accounts_read_only_templates(tmp_path):
    organizations = [
        an.an_organization("corp"),
        an.an_organization("lab", connection=Connection(account="777777777777", region="eu-west-1")),
    ]
    policy = resources(tmp_path, organizations=organizations)["ArtifactsPolicy"]["Properties"][
        "PolicyDocument"
    ]
    tls, read = policy["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert read["Principal"] == {"AWS": ["arn:aws:iam::222222222222:root", "arn:aws:iam::777777777777:root"]}
    assert read["Action"] == ["s3:GetObject"]
    assert read["Resource"] == [{"Fn::Join": ["/", [{"Fn::GetAtt": ["Artifacts", "Arn"]}, "templates", "*"]]}]


def test_the_password_key_rotates_and_is_never_a_partners(tmp_path):
    stack = resources(tmp_path)
    key = stack["PasswordKey"]["Properties"]
    assert key["EnableKeyRotation"] is True
    partner = {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/partner/acme/taro.yamada"}
    admin = {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/admin"}
    assert decide(key["KeyPolicy"], "kms:Decrypt", "*", partner) == "Deny"
    assert decide(key["KeyPolicy"], "kms:Decrypt", "*", admin) == "Allow"
    assert stack["PasswordKeyAlias"]["Properties"]["AliasName"] == "alias/jumpcf-example"


def test_the_freeze_policy_denies_everything(tmp_path):
    freeze = resources(tmp_path)["Freeze"]["Properties"]
    assert (freeze["Path"], freeze["ManagedPolicyName"]) == ("/jump/", "jump-freeze")
    assert decide(freeze["PolicyDocument"], "iam:GetUser", "*", {}) == "Deny"


def test_nothing_else_is_shared(tmp_path):
    assert sorted(resources(tmp_path)) == [
        "Artifacts",
        "ArtifactsPolicy",
        "Freeze",
        "PasswordKey",
        "PasswordKeyAlias",
    ]
