"""The book in a headless Chromium: `python tools/browser.py [site lab page]`; the last line is `N passed, N failed`.

site: every page of build/book (`make book`) from disk, with no request to anywhere else; its sliders change the picture,
lab:  the chapters of LAB in JupyterLab: all cells run, a slider is moved, the picture changes, *save* gives a file, nothing is raised,
page: tools/panel.ipynb under Voila: the same.
The screenshots in build/browser are for looking at. What runs is a copy of the notebooks, without their outputs, and of the package: no figure of the book is written."""
import os, shutil, socket, subprocess, sys, time
from contextlib import contextmanager
try: from playwright.sync_api import sync_playwright
except ImportError: sys.exit("Playwright is not installed; run .venv/bin/pip install -e '.[book]', then the same command again.")
import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from book import SITE, WIDGET
from check import NBS, PACKAGE, ROOT, report
from pirender.assets import DATA

LAB = {'00_quickstart': True, '40_intuitive_editing': False, '45_interpolation': True, '50_widgets': True}       # chapter -> must it have a live panel?
STILL = {'00_quickstart', '45_interpolation', '50_widgets'}                                                     # pages with sliders over stored pictures
SERVER = ['--allow-root', '--ServerApp.ip=127.0.0.1', '--IdentityProvider.token=', '--LabApp.expose_app_in_browser=True']
SHOTS, WORK = ROOT/'build'/'browser', ROOT/'build'/'browser'/'work'
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
SECONDS = 240                                                     # for a chapter to run
OUTPUTS = '''() => [...jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type == 'code')
    .map(c => [c.sharedModel.source, c.executionCount, c.outputs.toJSON()])'''

@contextmanager
def opened(browser, asked=None):
    "A page that reaches this machine alone; addresses elsewhere are refused, and collected in the list `asked`"
    page = browser.new_page(viewport=dict(width=1400, height=1000))
    here = lambda url: url.startswith(('file:', 'data:', 'blob:', 'http://127.0.0.1', 'ws://127.0.0.1'))
    def answer(route):
        if here(route.request.url): return route.continue_()
        if asked is not None: asked.append(route.request.url)
        route.abort()
    page.route('**/*', answer)
    try: yield page
    finally: page.close()

@contextmanager
def served(*command):
    "Address of a Jupyter server that `command` starts (a port and no token are added), and that ends with the block"
    with socket.socket() as s: s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]
    config = str(WORK/'config')
    env = os.environ | dict(PYTHONPATH=str(WORK), PIRENDER_DATA=str(DATA), JUPYTER_CONFIG_DIR=config, JUPYTERLAB_WORKSPACES_DIR=config)
    program = os.path.join(os.path.dirname(sys.executable), command[0])
    with open(WORK/f'{command[0]}.log', 'w') as log:
        server = subprocess.Popen([program, *map(str, command[1:]), '--no-browser', f'--port={port}'], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            for _ in range(240):
                if server.poll() is not None: raise RuntimeError(f'{command[0]} ended at its start; its log is {log.name}.')
                with socket.socket() as s:
                    if s.connect_ex(('127.0.0.1', port)) == 0: break
                time.sleep(.25)
            yield f'http://127.0.0.1:{port}'
        finally: server.terminate(); server.wait(60)

def wait_for(what, happens, seconds=30):
    "Ask `happens()` until it is true; TimeoutError that names `what`"
    end = time.time() + seconds
    while not happens():
        if time.time() > end: raise TimeoutError(f'{what}: not within {seconds} s.')
        time.sleep(.2)

def move_stills(page):
    "Take every slider over stored pictures to both of its ends, in every choice of its menu: the picture must follow; how many menus there were"
    menus = page.locator('select:has(+ div input[type=range])')
    for menu in menus.all():
        for k in range(menu.locator('option').count()):
            menu.select_option(index=k)
            box = menu.locator('xpath=following-sibling::div[1]')
            slider, picture = box.locator('input[type=range]:visible'), box.locator('img:visible')
            seen = []
            for value in (slider.get_attribute('min'), slider.get_attribute('max')): slider.fill(value); seen.append(picture.get_attribute('src'))
            if seen[0] == seen[1]: raise AssertionError(f'choice {k}: the picture does not follow the slider.')
    return menus.count()

def move_live(page):
    "Move the first slider of a live panel: its picture must follow; and save the picture, where there is a button for it"
    handle, picture = page.locator('.widget-slider .noUi-handle').first, page.locator('img.widget-image').first
    handle.scroll_into_view_if_needed(); before = picture.screenshot()
    handle.focus()
    for _ in range(12): handle.press('ArrowRight')
    wait_for('a picture that follows the slider', lambda: picture.screenshot() != before)
    time.sleep(2)                                                 # the last of the pictures
    if not (save := page.get_by_role('button', name='save', exact=True)).count(): return
    save.first.click()
    with page.expect_download() as kept: page.locator('a[download]').first.click()
    if not kept.value.suggested_filename.endswith('.png'): raise AssertionError(f'save gave {kept.value.suggested_filename}; expected a PNG.')

def check_site(browser):
    pages = sorted(SITE.rglob('*.html'))
    if not pages: raise FileNotFoundError('there is no site in build/book; run make book first.')
    asked, raised, moved = [], [], []
    for path in pages:
        with opened(browser, asked) as page:
            page.on('pageerror', lambda error: raised.append(f'{path.name}: {error}'))
            page.goto(path.as_uri()); page.wait_for_load_state('load')
            if move_stills(page):
                moved.append(path.stem)
                page.locator('input[type=range]:visible').first.scroll_into_view_if_needed(); page.screenshot(path=SHOTS/f'site_{path.stem}.png')
            if page.locator('mjx-merror').count(): raised.append(f'{path.name}: {page.locator("mjx-merror").first.get_attribute("title")}')
            if path.stem == 'index': page.screenshot(path=SHOTS/'site_index.png')
    if asked: raise AssertionError(f'the site asked for {asked[:3]}')
    if raised: raise AssertionError('; '.join(raised[:3]))
    if missing := STILL - set(moved): raise AssertionError(f'no slider on {sorted(missing)}')
    return f'{len(pages)} pages, sliders on {", ".join(moved)}'

def problems(cells):
    "What was raised in `cells` (source, number, outputs), in words; a widget's callback writes its traceback as text"
    for *_, outputs in cells:
        for o in outputs:
            if o['output_type'] == 'error': yield f"{o['ename']}: {o['evalue']}"
            elif 'Traceback' in str(o.get('text')): yield str(o['text'])[-300:]

def has_panel(cells):
    "Does one of the outputs hold a live panel, which is a widget that is stored as a picture, too?"
    return any({WIDGET, 'image/jpeg'} <= set(o.get('data', {})) for *_, outputs in cells for o in outputs)

def check_lab(browser, address, name):
    with opened(browser) as page:
        cells = lambda: page.evaluate(OUTPUTS)
        def finished(): return any(problems(cells())) or all(number for source, number, _ in cells() if source.strip())
        page.goto(f'{address}/lab/tree/{name}.ipynb?reset'); page.wait_for_selector('.jp-NotebookPanel .jp-Cell', timeout=60000)
        wait_for('a kernel', lambda: page.evaluate("jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status == 'idle'"), 60)
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
        wait_for('the end of the chapter', finished, SECONDS)
        if not any(problems(cells())):
            if LAB[name] or has_panel(cells()): move_live(page)
            page.screenshot(path=SHOTS/f'lab_{name}.png')
            move_stills(page)
        if found := list(problems(cells())): raise AssertionError('; '.join(found))
        page.evaluate('() => jupyterapp.shell.currentWidget.sessionContext.shutdown()')

def check_page(browser):
    with served('voila', ROOT/'tools'/'panel.ipynb', '--Voila.ip=127.0.0.1') as address, opened(browser) as page:
        page.goto(address); page.wait_for_selector('.widget-slider .noUi-handle', timeout=90000)
        move_live(page)
        page.screenshot(path=SHOTS/'page.png')

def tried(what, check, *args):
    "(what, problem or None) of one check"
    start = time.time()
    try: said = check(*args)
    except Exception as error: return what, f'{type(error).__name__}: {error}'
    return f'{what}{f": {said}" if said else ""}, {time.time() - start:.0f} s', None

def checks(parts=()):
    parts = parts or ('site', 'lab', 'page')
    if unknown := set(parts) - {'site', 'lab', 'page'}: yield 'browser', f'there is no part {sorted(unknown)}; expected site, lab or page.'; return
    chromium = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)
    if not chromium: yield 'browser', 'no Chromium was found; install it (on Debian: apt-get install chromium), then run the same command again.'; return
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(PACKAGE, WORK/PACKAGE.name)                   # figures/ is looked for beside the package
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=FLAGS)
        if 'site' in parts: yield tried('browser: the site from disk', check_site, browser)
        if 'lab' in parts:
            for name in LAB:
                bare, _ = ClearOutputPreprocessor().preprocess(nbformat.read(NBS/f'{name}.ipynb', 4), {})
                nbformat.write(bare, WORK/f'{name}.ipynb')
            try:
                with served('jupyter-lab', f'--ServerApp.root_dir={WORK}', *SERVER) as address:
                    for name in LAB: yield tried(f'browser: JupyterLab, {name}', check_lab, browser, address, name)
            except (RuntimeError, subprocess.TimeoutExpired) as error: yield 'browser: JupyterLab', f'{error}'
        if 'page' in parts: yield tried('browser: the panel under Voila', check_page, browser)
        browser.close()

if __name__ == '__main__': report([checks(sys.argv[1:])])
