"""All checks of the book: `python tools/check.py [notebook name ...]`; the last line is `N passed, N failed`.

1. every notebook runs under nbdev_test (names given on the command line limit this to those notebooks),
2. every module of the package is what its notebook exports, and no module lacks a notebook,
3. no notebook stores an error, a traceback or a path of one machine among its outputs,
4. every relative link of a notebook or of the README leads to a file,
5. README.md is the index notebook's markdown,
6. with BROWSER=1: site, JupyterLab and the panel's page work in Chromium (tools/browser.py).
The working tree is only read."""
import json, os, re, shutil, subprocess, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote
from readme import LINK, README, readme

ROOT = Path(__file__).resolve().parent.parent
NBS, PACKAGE = ROOT/'nbs', ROOT/'pirender'
SECONDS, SECONDS_EXPERIMENT, GIVE_UP = 45, 90, 900

def notebooks():
    "The notebooks nbdev sees: all below nbs/ but those in or under a name that starts with a dot or an underscore"
    return sorted(p for p in NBS.rglob('*.ipynb') if not any(part[0] in '._' for part in p.relative_to(NBS).parts))

def run(nb):
    "(name, problem or None, seconds) of one notebook under nbdev_test"
    start, env = time.time(), os.environ | dict(OMP_NUM_THREADS='1', MPLBACKEND='agg')
    tester = Path(sys.executable).with_name('nbdev_test')
    try: done = subprocess.run([tester, '--path', nb], cwd=ROOT, env=env, capture_output=True, text=True, errors='replace', timeout=GIVE_UP)
    except subprocess.TimeoutExpired: return nb.name, f'still running after {GIVE_UP} s', GIVE_UP
    ok = done.returncode == 0 and 'Success.' in done.stdout
    return nb.name, None if ok else (done.stdout + done.stderr).strip()[-4000:], time.time() - start

def limit(nb_name):
    "Seconds a notebook may take: experiment chapters (40 to 49) twice as long as the others"
    return SECONDS_EXPERIMENT if re.match('4[0-9]_', nb_name) else SECONDS

def run_all(books):
    "Run the notebooks, as many at once as there are cores; one (name, problem) each"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()
    with ThreadPoolExecutor(min(cores, 8)) as pool:
        for name, problem, seconds in pool.map(run, books):
            late = f'  (over its {limit(name)} s)' if seconds > limit(name) else ''
            yield f'runs: {name}, {seconds:.0f} s{late}', problem

def in_step():
    "Export a copy of the notebooks and compare it with the package, file by file"
    with TemporaryDirectory() as folder:
        copy = Path(folder)/ROOT.name
        shutil.copytree(NBS, copy/'nbs', ignore=shutil.ignore_patterns('.ipynb_checkpoints'))
        for name in ('settings.ini', 'pyproject.toml'): shutil.copy(ROOT/name, copy)
        done = subprocess.run([Path(sys.executable).with_name('nbdev_export')], cwd=copy, capture_output=True, text=True)
        if done.returncode: yield 'in step: nbdev_export', done.stderr[-4000:]; return
        modules = lambda base: {p.relative_to(base).as_posix(): p.read_text(encoding='utf-8') for p in base.rglob('*.py') if '.ipynb_checkpoints' not in p.parts}
        want, have = modules(copy/PACKAGE.name), modules(PACKAGE)
    for name in sorted(want.keys() | have.keys()):
        problem = None if want.get(name) == have.get(name) else 'differs from its notebook: run make export.'
        if name not in have: problem = 'is missing from the package: run make export.'
        if name not in want: problem = 'has no notebook that exports it: delete it, or write the notebook.'
        yield f'in step: {PACKAGE.name}/{name}', problem

def faults_in(nb):
    "Errors, warnings, tracebacks and absolute paths among a notebook's stored outputs"
    for cell in json.loads(nb.read_text(encoding='utf-8'))['cells']:
        for out in cell.get('outputs', []):
            if out['output_type'] == 'error': yield f"{out['ename']}: {out['evalue']}"[:200]
            text = ''.join(out.get('text', out.get('data', {}).get('text/plain', '')))
            if out.get('name') == 'stderr': yield f'a warning, {text[:80].strip()}'
            if 'Traceback (most recent call last)' in text: yield text[-200:]
            if found := re.search(r'(?<![\w.:/])/(home|root|tmp|Users|work)/\S+', text): yield f'a path of one machine, {found[0]}'

def stored_faults(books):
    for nb in books: yield f'stored outputs: {nb.name}', '; '.join(faults_in(nb)) or None

def dead_links(text, folder):
    "Relative link targets in markdown `text` that are no file, seen from `folder`"
    targets = {unquote(t.split('#')[0]) for _, t in LINK.findall(text) if not re.match(r'[a-z]+:|#|/|attachment', t)}
    return sorted(t for t in targets if t and not (folder/t).exists())

def links(books):
    for nb in books:
        cells = json.loads(nb.read_text(encoding='utf-8'))['cells']
        text = '\n'.join(''.join(c['source']) for c in cells if c['cell_type'] == 'markdown')
        yield f'links: {nb.name}', 'no such file: ' + ', '.join(d) if (d := dead_links(text, nb.parent)) else None
    yield 'links: README.md', 'no such file: ' + ', '.join(d) if (d := dead_links(README.read_text(encoding='utf-8'), ROOT)) else None

def readme_equal():
    yield 'README.md equals nbs/index.ipynb', None if README.read_text(encoding='utf-8') == readme() else 'they differ: run make readme.'

def in_browser():
    "Site, JupyterLab and the panel's page in Chromium, if the environment variable BROWSER is set: 1 for all, or some of them, `make test BROWSER='site lab'`"
    if not (parts := os.environ.get('BROWSER', '').split()): return
    from browser import checks
    yield from checks([] if parts == ['1'] else parts)

def report(groups):
    "Print the checks of all groups as they come, then the tally; the exit status says whether any failed"
    tally = [0, 0]
    for checks in groups:
        for what, problem in checks:
            tally[problem is not None] += 1
            print(f"{'FAILED' if problem else 'passed'}  {what}" + (f'\n{problem}' if problem else ''), flush=True)
    print(f'{tally[0]} passed, {tally[1]} failed')
    sys.exit(tally[1] > 0)

def main(names):
    books = [nb for nb in notebooks() if not names or nb.stem in names or nb.name in names]
    if not books: report([[('notebooks found', f"none {' or '.join(names) or 'at all'} in {NBS.name}/; there must be some.")]])
    report((run_all(books), in_step(), stored_faults(books), links(books), readme_equal(), in_browser()))

if __name__ == '__main__': main(sys.argv[1:])
