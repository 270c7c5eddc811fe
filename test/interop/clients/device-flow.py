"""Signs in with boto3's own sso-oidc client and prints the token file that the AWS CLI would write."""

import json
import sys
import time

import boto3

START_URL, REGION = sys.argv[1], "eu-west-1"


def utc(epoch_seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch_seconds))


oidc = boto3.client("sso-oidc", region_name=REGION)
client = oidc.register_client(
    clientName="botocore-client-acme", clientType="public", scopes=["sso:account:access"]
)
client_keys = {key: client[key] for key in ("clientId", "clientSecret")}
device = oidc.start_device_authorization(startUrl=START_URL, **client_keys)

while True:
    try:
        token = oidc.create_token(
            grantType="urn:ietf:params:oauth:grant-type:device_code",
            deviceCode=device["deviceCode"],
            **client_keys,
        )
        break
    except oidc.exceptions.AuthorizationPendingException:
        time.sleep(device["interval"])

document = {
    "startUrl": START_URL,
    "region": REGION,
    "accessToken": token["accessToken"],
    "expiresAt": utc(time.time() + token["expiresIn"]),
    **client_keys,
    "registrationExpiresAt": utc(client["clientSecretExpiresAt"]),
    "refreshToken": token["refreshToken"],
}
print(json.dumps(document))
