"""Prints the STS caller identity every few seconds, as one process: argv is how long and how often, in seconds."""

import sys
import time

import boto3

SECONDS, EVERY = float(sys.argv[1]), float(sys.argv[2])
sts = boto3.client("sts")
end = time.monotonic() + SECONDS
while True:
    print(sts.get_caller_identity()["Arn"], flush=True)
    if time.monotonic() > end:
        break
    time.sleep(EVERY)
