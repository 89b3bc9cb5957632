"""What can be known of Windows and macOS without them: calls that only POSIX has, encodings, file names."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

from needs import missing

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "cchc_ml"
MODULES = {"crypt", "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
NAMES = {
    "os": "chown chroot fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpriority "
    "getuid killpg lchown mkfifo mknod nice openpty pipe2 posix_fadvise posix_fallocate pread pwrite sched_getaffinity "
    "sched_setaffinity sendfile setgid setpriority setsid setuid statvfs sysconf uname wait wait3 wait4 O_DIRECTORY "
    "O_NOFOLLOW O_NONBLOCK",
    "signal": "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGUSR1 SIGUSR2 alarm pause pthread_kill "
    "pthread_sigmask setitimer sigwait",
    "time": "clock_gettime tzset",
}
ONLY_POSIX = {f"{module}.{name}" for module, names in NAMES.items() for name in names.split()}
# Words of a condition, or of what is caught, that say that the writer knew.
GUARDS = re.compile(r"sys\.platform|os\.name|hasattr|getattr|ImportError|AttributeError")


def found_in_package(check):
    """Return what a check finds, by module."""
    paths = sorted(PACKAGE.rglob("*.py"))
    assert len(paths) > 100
    return {str(path.relative_to(TOP)): found for path in paths if (found := check(path.read_text("utf8")))}


def unguarded(code):
    """Return the uses of what only POSIX has that no condition and no handler guards, with their lines."""
    found = []

    def visit(node, guarded):
        if isinstance(node, ast.If | ast.IfExp):
            guarded = guarded or bool(GUARDS.search(ast.unparse(node.test)))
        elif isinstance(node, ast.With):
            guarded = guarded or any(GUARDS.search(ast.unparse(item.context_expr)) for item in node.items)
        elif isinstance(node, ast.Try):
            caught = " ".join(ast.unparse(handler.type) for handler in node.handlers if handler.type)
            guarded = guarded or bool(GUARDS.search(caught))
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name for name in names if name.split(".")[0] in MODULES or name in ONLY_POSIX]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = [name for name in [f"{node.value.id}.{node.attr}"] if name in ONLY_POSIX]
        found.extend((node.lineno, name) for name in names if not guarded)
        for child in ast.iter_child_nodes(node):
            visit(child, guarded)
            # `if not hasattr(...): return` guards what follows it.
            leaves = isinstance(child, ast.If) and isinstance(child.body[-1], ast.Return | ast.Raise)
            guarded = guarded or (leaves and bool(GUARDS.search(ast.unparse(child.test))))

    visit(ast.parse(code), False)
    return found


def without_encoding(code):
    """Return the lines that open a text file with the encoding of the machine, which is not UTF-8 on Windows."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or any(keyword.arg in ("encoding", None) for keyword in node.keywords):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        arguments = [ast.unparse(argument) for argument in node.args]
        method = isinstance(node.func, ast.Attribute)
        if method and len(arguments) < {"read_text": 1, "write_text": 2}.get(name, 0):
            found.append(node.lineno)
        elif name == "open" and not method:
            mode = arguments[1] if len(arguments) > 1 else "'r'"
            mode = next((ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "mode"), mode)
            if re.fullmatch(r"'[^b]*'", mode):
                found.append(node.lineno)
    return found


def test_what_only_posix_has_is_guarded():
    assert found_in_package(unguarded) == {}


def test_text_files_are_opened_with_an_encoding():
    assert found_in_package(without_encoding) == {}


def test_files_are_replaced_not_renamed():
    """`os.rename` fails on Windows if the new name is taken."""
    assert found_in_package(lambda code: "os.rename(" in code) == {}


def test_the_checks_see_what_they_look_for():
    assert unguarded("import fcntl\nimport os\nos.geteuid()\nfrom signal import SIGKILL") == [
        (1, "fcntl"),
        (3, "os.geteuid"),
        (4, "signal.SIGKILL"),
    ]
    assert unguarded("if sys.platform != 'win32':\n    import fcntl\n    os.fork()") == []
    early = "def f():\n    if not hasattr(os, 'fork'):\n        {}\n    os.fork()\nos.fork()"
    assert unguarded(early.format("return")) == [(5, "os.fork")]
    assert unguarded(early.format("pass")) == [(4, "os.fork"), (5, "os.fork")]
    assert unguarded("with suppress(ImportError):\n    import resource") == []
    assert unguarded("try:\n    import resource\nexcept ValueError:\n    pass") == [(2, "resource")]
    assert without_encoding("open(p)\nopen(p, 'w')\np.read_text()\np.write_text(x)") == [1, 2, 3, 4]
    named = "open(p, 'rb')\nopen(p, encoding='utf8')\np.read_text('utf8')\np.write_text(x, 'utf8')"
    assert without_encoding(named) == []


def test_file_names_can_be_on_windows(top):
    listed = subprocess.run(["git", "-C", str(top), "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode:
        missing("this is no git checkout", "Run the tests in a clone.")
    names = [name for name in listed.stdout.split("\0") if name]
    assert len({name.lower() for name in names}) == len(names)
    reserved = re.compile(r'[<>:"|?*\\]|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)|[. ](/|$)', re.I)
    assert [name for name in names if reserved.search(name)] == []
    assert max(map(len, names)) < 120


def test_install_bat(top):
    text = (top / "install.bat").read_bytes().decode("utf8")
    assert "*.bat text eol=crlf" in (top / ".gitattributes").read_text("utf8").splitlines()
    head, _, rest = text.partition("chcp 65001")
    assert head.isascii()  # cmd reads what comes before in an old code page
    assert rest
    labels = set(re.findall(r"^:(\w+)", text, re.M))
    assert set(re.findall(r"goto (\w+)", text)) == labels
    extras = tomllib.loads((top / "pyproject.toml").read_text("utf8"))["project"]["optional-dependencies"]
    (named,) = re.findall(r'-c constraints\.txt "\.\[([\w,]+)\]"', text)
    assert set(named.split(",")) <= set(extras)
    least = tomllib.loads((top / "pyproject.toml").read_text("utf8"))["project"]["requires-python"]
    assert least == f">={'.'.join(re.findall(r'version_info < [(](.*?)[)]', text)[0].split(', '))}"
