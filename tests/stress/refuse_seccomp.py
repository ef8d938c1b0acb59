"""refuse_seccomp.py FLAGS ERRNO COMMAND...: run COMMAND where seccomp(2) with one of FLAGS fails, as on an old kernel.

FLAGS 0 refuses the whole call.
"""
import ctypes
import os
import struct
import sys

SYS_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 317, 38, 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LD, JEQ, JSET, RET = 0x20, 0x15, 0x45, 0x06

flags, errno = int(sys.argv[1]), int(sys.argv[2])
program = [(LD, 0, 0, 0), (JEQ, 0, 3 if flags else 1, SYS_SECCOMP)]
if flags:
    program += [(LD, 0, 0, 24), (JSET, 0, 1, flags)]
program += [(RET, 0, 0, ERRNO | errno), (RET, 0, 0, ALLOW)]
code = b"".join(struct.pack("HBBI", *i) for i in program)
held = ctypes.create_string_buffer(code)
fprog = struct.pack("HxxxxxxP", len(program), ctypes.addressof(held))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, fprog, 0, 0):
    sys.exit("refuse_seccomp: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[3], sys.argv[3:])
