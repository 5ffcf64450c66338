# init.sh for JupyterLab. A shell starts processes in the background with SIGINT ignored. Node.js undoes that, but Python does
# not: Ctrl+C would not work in the terminals.
import os, signal, sys

machine = os.fork()
if machine == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: os.kill(machine, signal.SIGTERM))
while True:
    ended, status = os.wait()
    if ended == machine:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(code if code >= 0 else 128 - code)
