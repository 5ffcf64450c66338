# home.js, which explains it, for images that contain the IDE, and with it Python.
import errno, os, re, stat, subprocess, sys

home, passwd, disk = sys.argv[1:]
state = f"{disk}/.devmachine"
partial, complete, done = (f"{state}/{name}" for name in ("partial", "complete", "home"))

IDE_SETTINGS = re.compile(r"/(\.jupyter/[^/]*config[^/]*|\.local/etc/jupyter|\.config/code-server)")

find = os.path.lexists


def find_home():
    users = []
    if find(passwd):
        with open(passwd, errors="surrogateescape") as file:
            users = [line.split(":") for line in file.read().split("\n")]
    user = next((fields for fields in users if fields[2:3] == [str(os.getuid())]), [])
    folders = [os.path.realpath(path) for path in user[5:6] + [home] if os.path.isdir(path) and is_readable(path)]
    return next((path for path in folders if not is_around(path)), None)


def is_around(path):
    return f"{os.path.realpath(disk)}/".startswith(path if path == "/" else f"{path}/")


links = {}


def copy(source_root, target_root, path=""):
    source, target = source_root + path, target_root + path
    info = os.lstat(source)
    is_folder = stat.S_ISDIR(info.st_mode)
    if stat.S_ISLNK(info.st_mode):
        if_supported(lambda: os.symlink(os.readlink(source), target))
        return
    is_file = stat.S_ISREG(info.st_mode)
    if IDE_SETTINGS.fullmatch(path) or not (is_folder or is_file) or not is_readable(source):
        print(f"Left out of the home directory: {source}", file=sys.stderr)
        return
    if is_folder:
        os.mkdir(target, 0o700)
        for name in os.listdir(source):
            copy(source_root, target_root, f"{path}/{name}")
    else:
        inode = (info.st_dev, info.st_ino)
        if inode in links and if_supported(lambda: os.link(links[inode], target)):
            return
        if info.st_nlink > 1:
            links[inode] = target
        copy_file(source, target)
    if_supported(lambda: os.chmod(target, stat.S_IMODE(info.st_mode)))
    if_supported(lambda: os.utime(target, ns=(info.st_atime_ns, info.st_mtime_ns)))


def is_readable(path):
    return os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0))


def copy_file(source, target):
    with open(source, "rb") as reader, open(target, "xb") as writer:
        while chunk := reader.read(1 << 20):
            writer.write(chunk)


def if_supported(call):
    try:
        call()
        return True
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        return False


def sync(path):
    try:
        subprocess.run(["sync", "-f", path])
    except FileNotFoundError:
        pass


def remove(path):
    mode = os.lstat(path).st_mode
    if not stat.S_ISDIR(mode):
        os.unlink(path)
        return
    if mode & 0o700 != 0o700:
        os.chmod(path, 0o700)
    for name in os.listdir(path):
        remove(f"{path}/{name}")
    os.rmdir(path)


def move(source, target):
    if find(target):
        remove(source)
        return
    mode = os.lstat(source).st_mode
    is_read_only = stat.S_ISDIR(mode) and not mode & 0o200
    if is_read_only:
        os.chmod(source, 0o700)
    os.rename(source, target)
    if is_read_only:
        os.chmod(target, stat.S_IMODE(mode))


def fill():
    if find(done):
        return
    os.makedirs(state, exist_ok=True)
    if find(partial):
        remove(partial)
    is_empty = set(os.listdir(disk)) <= {"lost+found", ".devmachine"}
    source = find_home()
    if not find(complete) and is_empty and source:
        copy(source, partial)
        if_supported(lambda: os.chmod(partial, 0o700))
        sync(partial)
        os.rename(partial, complete)
    if find(complete):
        for name in os.listdir(complete):
            move(f"{complete}/{name}", f"{disk}/{name}")
        remove(complete)
    with open(done, "w") as file:
        file.write("The home directory of the image is not copied to this disk (again).\n")
    if_supported(lambda: os.chmod(state, 0o555))


try:
    fill()
except OSError as error:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    sys.exit("The home directory of the image does not fit on the disk." if is_full else str(error))
