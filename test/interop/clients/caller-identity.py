"""Prints the STS caller identity of AWS_PROFILE, or the error's class and code."""

import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

try:
    print(json.dumps(boto3.client("sts").get_caller_identity()["Arn"]))
except ClientError as error:
    print(json.dumps(error.response["Error"]["Code"]))
    sys.exit(1)
except BotoCoreError as error:
    print(json.dumps(type(error).__name__))
    print(error, file=sys.stderr)
    sys.exit(1)
