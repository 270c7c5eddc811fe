"""The credentials that botocore, or the AWS CLI, takes in each of many homes.

Words: `boto3` or `cli`, and a JSON file: [{"env": {…}}, …]. Prints a list of {"key", "secret", "token"} or {"error"}.
"""

import json
import os
import sys

which, file = sys.argv[1:]
if which == "boto3":
    import botocore.session

    def open_session():
        return botocore.session.Session()

else:
    from awscli.clidriver import create_clidriver

    def open_session():
        return create_clidriver().session


BASE = dict(os.environ)


def source(env):
    os.environ.clear()
    os.environ.update({**BASE, **env})
    try:
        session = open_session()
        # What every command does first.
        session.get_scoped_config()
        credentials = session.get_credentials()
        if credentials is None:
            return {"error": "none"}
        frozen = credentials.get_frozen_credentials()
        return {"key": frozen.access_key, "secret": frozen.secret_key, "token": frozen.token or ""}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


with open(file) as homes:
    print(json.dumps([source(home["env"]) for home in json.load(homes)]))
