"""terminal.py BAILEY: what a terminal does to a sandbox it holds: ^C, ^\\, ^Z and fg, a new size, raw mode."""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

DO = [sys.argv[1], "do", "--"]


def resize(fd, rows, cols):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


class Terminal:
    def __init__(self, *argv):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(argv[0], argv)
        resize(self.fd, 33, 99)

    def until(self, want):
        got, end = b"", time.time() + 20
        while want not in got:
            if time.time() > end:
                sys.exit("never %r, but %r" % (want, got))
            if select.select([self.fd], [], [], 0.2)[0]:
                got += os.read(self.fd, 4096)

    def type(self, text):
        time.sleep(0.2)
        os.write(self.fd, text)

    def ends(self, want):
        got = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        if got != want:
            sys.exit("status %d, want %d" % (got, want))


for key, status in ((b"\x03", 130), (b"\x1c", 131)):
    t = Terminal(*DO, "sh", "-c", "echo up; sleep 30")
    t.until(b"up")
    t.type(key)
    t.ends(status)

t = Terminal(*DO, "bash", "-c", "trap 'stty size; exit 4' WINCH; echo up; while :; do sleep 0.1; done")
t.until(b"up")
resize(t.fd, 44, 122)
t.until(b"44 122")
t.ends(4)

# Two processes are stopped with ^Z, and both go on when the caller's shell says so.
loop = "echo u''p; i=0; while sleep 0.1; do i=$((i+1)); [ $i = 10 ] && exit 5; done"
t = Terminal("bash", "--norc", "-i")
t.type(("%s do -- sh -c '%s'\n" % (DO[0], loop.replace("'", "\""))).encode())
t.until(b"up\r\n")
t.type(b"\x1a")
t.until(b"Stopped")
t.type(b"fg\n")
time.sleep(0.5)
t.type(b"exit $?\n")
t.ends(5)

t = Terminal(*DO, "bash", "--norc", "-i")
t.type(b"sleep 100\n")
t.type(b"\x1a")
t.until(b"Stopped")
t.type(b"kill %1; wait %1; exit $?\n")
t.ends(143)

t = Terminal(*DO, "sh", "-c", "stty raw -echo; echo up; dd bs=1 count=1 2>/dev/null | od -An -c; stty sane")
t.until(b"up")
t.type(b"\x03")
t.until(b"003")
t.ends(0)
