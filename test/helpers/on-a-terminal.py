"""Runs a program on a new terminal, types when it shows what is waited for, and prints how it ended.

Arguments: the steps as JSON, each what is waited for, what is typed then, and for how many seconds nothing more must come
before that (0 without it), and the program with its own arguments. In place of what is typed may stand the number of a
signal to the program, or [rows, columns], which the terminal has from then on: from the beginning, where a first step waits
for nothing; or null: the terminal is closed.
Prints JSON: the exit status, all that was shown, what was shown when the last step was typed, whether the terminal's
settings are as they were, and the seconds after which each step came.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

steps = json.loads(sys.argv[1])
terminal, inner = pty.openpty()


def settings():
    return termios.tcgetattr(inner)


def resize(size):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


if steps and steps[0][0] == "":
    resize(steps.pop(0)[1])
before = settings()
begun = time.monotonic()
came = []
pid = os.fork()
if pid == 0:
    os.setsid()
    os.close(terminal)
    # The first terminal that a leader of a session opens becomes its own.
    os.close(os.open(os.ttyname(inner), os.O_RDWR))
    for stream in (0, 1, 2):
        os.dup2(inner, stream)
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""
last = b""
seen = 0
closed = False
deadline = time.monotonic() + 45
while True:
    if time.monotonic() > deadline:
        # What was shown until then tells what was waited for in vain.
        os.kill(pid, signal.SIGKILL)
    if closed:
        time.sleep(0.05)
    elif select.select([terminal], [], [], 0.05)[0]:
        shown += os.read(terminal, 65536)
    if steps and steps[0][0].encode() in shown[seen:]:
        wanted, typed, *quiet = steps.pop(0)
        came.append(time.monotonic() - begun)
        seen = shown.index(wanted.encode(), seen) + len(wanted.encode())
        while quiet and select.select([terminal], [], [], quiet[0])[0]:
            shown += os.read(terminal, 65536)
        last = shown
        if typed is None:
            os.close(terminal)
            closed = True
        elif isinstance(typed, list):
            # The kernel tells the foreground process group by SIGWINCH.
            resize(typed)
        elif isinstance(typed, int):
            os.kill(pid, typed)
        else:
            os.write(terminal, typed.encode())
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        break
while not closed and select.select([terminal], [], [], 0.05)[0]:
    shown += os.read(terminal, 65536)
print(json.dumps({
    "status": os.waitstatus_to_exitcode(status),
    "shown": shown.decode(errors="replace"),
    "last": last.decode(errors="replace"),
    "restored": not closed and settings() == before,
    "came": came,
}))
