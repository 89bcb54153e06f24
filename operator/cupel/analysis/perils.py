"""Modules that are refused, and what importing them is feared for: for messages and the Egress capability."""

from __future__ import annotations

from .modules import PACKAGES

NETWORK = frozenset(
    """
        socket ssl http urllib.request urllib.robotparser urllib.error ftplib smtplib poplib imaplib
        nntplib telnetlib socketserver xmlrpc asyncio select selectors asyncore asynchat wsgiref
        webbrowser requests httpx httpx2 aiohttp urllib3 urllib websocket websockets paramiko boto3
        botocore grpc pycurl tornado twisted redis pymongo psycopg psycopg2
    """.split()
)
"""Modules whose import means egress, whatever the tool declares."""

PERILS = {
    "runs programs": """
        subprocess os pty multiprocessing posix nt concurrent signal pip venv ensurepip popen2 commands
    """,
    "runs code from text or data": """
        code codeop timeit cProfile profile pdb bdb trace runpy doctest unittest pickle cPickle _pickle
        dill cloudpickle shelve marshal yaml jsonpickle dbm copyreg compileall py_compile zipimport pydoc
    """,
    "reaches the interpreter": """
        sys builtins __main__ __builtin__ importlib imp inspect gc types ctypes _ctypes cffi dis traceback
        linecache site sysconfig pkgutil modulefinder atexit faulthandler tracemalloc weakref warnings
        opcode symtable threading _thread thread
    """,
    "reads or writes files": """
        pathlib shutil tempfile glob fileinput zipfile tarfile sqlite3 mmap logging filecmp fcntl termios
        tty pwd grp spwd crypt resource getpass platform mailbox netrc locale gettext
    """,
}
PERIL_OF = {module: peril for peril, modules in PERILS.items() for module in modules.split()}


def closest(module: str) -> str:
    """What importing this module is feared for, in words; empty for what we know nothing about."""
    return PERIL_OF.get(module) or PERIL_OF.get(module.partition(".")[0], "")


def is_network(module: str) -> bool:
    """True when importing this module gives a way out to the network."""
    if module in PACKAGES:
        return False
    return any(module == name or module.startswith(name + ".") for name in NETWORK)
