"""What botocore reads in each of the config files named: {"profiles", "sessions"}, or null."""
import json
import sys

from botocore.configloader import load_config
from botocore.exceptions import ConfigParseError


def flat(settings):
    values = {}
    for key, value in settings.items():
        if isinstance(value, dict):
            values.update({f"{key}.{inner}": text for inner, text in value.items()})
        else:
            values[key] = value
    return values


def read(path):
    try:
        config = load_config(path)
    except ConfigParseError:
        return None
    return {
        "profiles": {name: flat(settings) for name, settings in config["profiles"].items()},
        "sessions": {name: flat(settings) for name, settings in config["sso_sessions"].items()},
    }


print(json.dumps([read(path) for path in sys.argv[1:]]))
