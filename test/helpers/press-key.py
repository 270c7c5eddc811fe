"""Runs a program on a new terminal, presses a key when it says `ready`, and prints what came of it.

Arguments: the key's byte in hexadecimal, and the program with its own arguments.
"""

import os
import pty
import sys

KEY = bytes.fromhex(sys.argv[1])

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

output = b""
pressed = False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    output += part
    if b"ready" in output and not pressed:
        os.write(terminal, KEY)
        pressed = True
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(output.decode() + "|status %d" % status)
