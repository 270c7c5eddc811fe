"""Prints how many of as many STS calls as argv says succeeded, all by one client."""

import sys

import boto3

sts = boto3.client("sts")
print(sum(bool(sts.get_caller_identity()["Arn"]) for _ in range(int(sys.argv[1]))))
