"""Prints the names of all profiles as JSON."""

import json

import boto3

print(json.dumps(boto3.Session().available_profiles))
