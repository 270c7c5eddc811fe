"""Prints as JSON which provider botocore takes for each of the profiles, or why it takes none."""

import json

import boto3


def source_of(profile):
    try:
        credentials = boto3.Session(profile_name=profile).get_credentials()
        return credentials.method if credentials else None
    except Exception as error:
        return type(error).__name__


print(json.dumps({name: source_of(name) for name in boto3.Session().available_profiles}))
