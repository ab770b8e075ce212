#!/usr/bin/env bash
# Lets boto3 take a role in each account, by the token with which GitHub vouches for this job.  No key is kept anywhere.
#
# ROLES, a variable of the repository or the environment, has a line for each profile that params/ name ("default"
# where they name none): the profile, the role, and for a role that another one takes, that one's profile.
#   jump-admin arn:aws:iam::111111111111:role/jump/pipeline/jump-plan
#   corp-stacksets arn:aws:iam::222222222222:role/jump/pipeline/jump-plan-corp jump-admin
set -euo pipefail
umask 077
if [ -z "${ROLES//[[:space:]]/}" ]; then
  echo "::error::No roles to take: set JUMPCF_PLAN_ROLES of the repository, JUMPCF_DEPLOY_ROLES of the environment."
  exit 1
fi
token="$RUNNER_TEMP/web-identity-token"
config="$RUNNER_TEMP/aws-config"

fetch() {
  # not by a command line, which other programs can see
  printf 'header = "Authorization: bearer %s"\nurl = "%s&audience=sts.amazonaws.com"\n' \
    "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL" |
    curl --silent --show-error --fail --retry 3 --config - |
    python -I -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)["value"])' > "$token.new"
  mv "$token.new" "$token"
}

name='^[^][:space:][]+$'
arn='^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$'
while read -r profile role by rest; do
  [ -n "$profile" ] || continue
  if [ -n "$rest" ] || ! [[ "$profile" =~ $name && "$role" =~ $arn && "${by:-none}" =~ $name ]]; then
    echo "::error::A line of the roles is a profile, a role's ARN, and perhaps another line's profile; one is not." >&2
    exit 1
  fi
  printf '[profile %s]\nrole_arn = %s\nrole_session_name = github-%s-%s\n' \
    "$profile" "$role" "$GITHUB_RUN_ID" "$GITHUB_RUN_ATTEMPT"
  if [ -n "$by" ]; then
    printf 'source_profile = %s\n' "$by"
  else
    printf 'web_identity_token_file = %s\n' "$token"
  fi
done <<< "${ROLES//$'\r'/}" > "$config"

fetch
# a session is good for an hour and the token for minutes: whoever renews a session finds a fresh one
while sleep 180; do fetch || true; done > /dev/null 2>&1 &
{
  echo "AWS_CONFIG_FILE=$config"
  echo "AWS_SHARED_CREDENTIALS_FILE=/dev/null"
} >> "$GITHUB_ENV"
