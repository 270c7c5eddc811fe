"""Asks STS who it is, as so many clients at once: argv is how many, how long and how often, in seconds."""

import sys
import threading
import time

import boto3

COUNT, SECONDS, EVERY = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
END = time.monotonic() + SECONDS


def ask(sts):
    while time.monotonic() < END:
        try:
            print(sts.get_caller_identity()["Arn"] + "\n", end="", flush=True)
        except Exception as error:
            print(f"FAILED {error!r}\n", end="", flush=True)
        time.sleep(EVERY)


# A session of its own each, with its own credentials.
clients = [boto3.Session().client("sts") for _ in range(COUNT)]
threads = [threading.Thread(target=ask, args=[sts]) for sts in clients]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
