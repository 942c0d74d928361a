"""Attacks on the sandbox, each a few lines that set ``got`` when they succeed; ``T`` describes the target."""

READING: dict[str, str] = {
    "read the secret by its path": "got = open(T['secret']).read()",
    "read the secret through a link": """
import os
os.symlink(T['secret'], 'link')
got = open('link').read()
""",
    "read it through another process's root": """
import os
pid = next(p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (os.getpid(),))
got = [open(f'/proc/{p}/root' + T['secret']).read() for p in (os.getppid() or 1, T['grader'])]
""",
    "list the grader's package": """
import os
got = open(os.path.join(T['package'], 'launch.py')).read()
""",
    "read another process's environment": "got = open(f\"/proc/{T['grader']}/environ\").read()",
    "read the environment of process 1": "got = open('/proc/1/environ').read()",
    "read the system's secrets": "got = open('/etc/shadow').read()",
    "read a home": """
import os
got = os.listdir('/root/.ssh') if os.path.isdir('/root/.ssh') else open(os.path.expanduser('~root') + '/.profile').read()
""",
    "read raw memory": "got = open('/dev/mem', 'rb').read(1)",
}

WRITING: dict[str, str] = {
    "write beside the secret": "import os; got = open(os.path.join(os.path.dirname(T['secret']), 'x'), 'w')",
    "overwrite the secret": "got = open(T['secret'], 'w').write('x')",
    "remove the secret": "import os; os.unlink(T['secret']); got = True",
    "write into the interpreter's packages": """
import os, sysconfig
got = open(os.path.join(sysconfig.get_path('purelib'), 'usercustomize.py'), 'w')
""",
    "write into the system": "got = open('/usr/lib/x', 'w')",
    "mount": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None): raise OSError(ctypes.get_errno(), 'mount')
got = True
""",
    "make a user namespace": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.unshare(0x10000000): raise OSError(ctypes.get_errno(), 'unshare')
got = True
""",
}

REACHING: dict[str, str] = {
    "connect to a local service": "import socket; got = socket.create_connection(('127.0.0.1', T['tcp']), 2)",
    "connect to the world": "import socket; got = socket.create_connection(('192.0.2.1', 53), 2)",
    "send a datagram": """
import socket
got = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', T['udp']))
""",
    "ask for an address": "import socket; got = socket.getaddrinfo('example.org', 80)",
    "connect to a Unix service": "import socket; s = socket.socket(socket.AF_UNIX); s.connect(T['path']); got = s",
    "connect to an abstract Unix service": """
import socket
s = socket.socket(socket.AF_UNIX)
s.connect('\\0' + T['abstract'])
got = s
""",
    "send to a Unix service without connecting": """
import socket
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
got = a.sendto(b'x', T['datagrams'])
""",
    "open a raw socket": "import socket; got = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "talk to the kernel by netlink": "import socket; got = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
}

MEDDLING: dict[str, str] = {
    "kill the victim": "import os; os.kill(T['victim'], 9); got = True",
    "signal the grader": "import os; os.kill(T['grader'], 0); got = True",
    "signal the supervisor": "import os; os.kill(os.getppid() or 1, 9) or os.kill(os.getppid() or 1, 0); got = os.getppid()",
    "trace the parent": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, os.getppid() or 1, 0, 0) < 0: raise OSError(ctypes.get_errno(), 'ptrace')
got = True
""",
    "read the parent's memory": "import os; got = open(f'/proc/{os.getppid() or 1}/mem', 'rb')",
    "read the grader's memory by a system call": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
class Piece(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]
here = ctypes.create_string_buffer(8)
mine, theirs = Piece(ctypes.addressof(here), 8), Piece(0x400000, 8)
if libc.process_vm_readv(T['grader'], ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) < 0:
    raise OSError(ctypes.get_errno(), 'process_vm_readv')
got = True
""",
    "take a descriptor of the grader's": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(438, os.pidfd_open(T['grader']), 0, 0) < 0: raise OSError(ctypes.get_errno(), 'pidfd_getfd')
got = True
""",
    "load a program into the kernel": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(321, 0, None, 0) < 0: raise OSError(ctypes.get_errno(), 'bpf')
got = True
""",
    "become root": "import os; os.setuid(0) if os.getuid() else os.setgid(12345); got = os.getuid()",
}

EXHAUSTING: dict[str, str] = {
    "hold more memory than allowed": "got = len(bytearray(400 << 20))",
    "hold memory that no limit counts": "import os; got = os.memfd_create('x')",
    "share memory that no limit counts": "import mmap; got = mmap.mmap(-1, 1 << 20)",
    "hold System V memory": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.shmget(0, 1 << 20, 0o1600) < 0: raise OSError(ctypes.get_errno(), 'shmget')
got = True
""",
    "open files without end": """
files = []
while len(files) < 5000: files.append(open('/dev/null'))
got = len(files)
""",
    "write a file without end": """
with open('big', 'wb', buffering=0) as file:
    for _ in range(300): file.write(bytes(1 << 20))
got = file
""",
}

EVERYTHING = {**READING, **WRITING, **REACHING, **MEDDLING, **EXHAUSTING}

FORKING = """
import os, time
children = []
try:
    while len(children) < 400:
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        children.append(child)
finally:
    for child in children:
        os.kill(child, 9)
        os.waitpid(child, 0)
got = len(children)
"""
