"""The book as a site that needs neither network nor kernel: `python tools/book.py` writes build/book/_build/html/index.html.

The notebooks are taken with the outputs they store; nothing is run. Live widgets are left out, and their pictures, or the sliders over pictures made beforehand, stay."""
import base64, json, re, shutil, subprocess, sys
from pathlib import Path
from tempfile import TemporaryDirectory
import nbformat
from pirender.assets import CACHE, extract, from_npm, keep
from check import NBS, ROOT, notebooks
from readme import LINK

BOOK = ROOT/'build'/'book'
SITE = BOOK/'_build'/'html'
MEGABYTES = 60
PARTS = {'00': 'Start', '0': '1 Motion', '1': '2 Renderer', '2': '3 Data', '3': '4 Learning', '4': '5 Experiments', '5': '6 Practice', '6': '6 Practice'}    # by a chapter's number
STYLE = """header.bd-header { display: none }
.bd-page-width, .bd-container .bd-container__inner { max-width: 112rem }
.bd-main .bd-content .bd-article-container { max-width: 80em }
div.highlight pre { font-size: .75em }
.cell_output div.highlight pre { white-space: pre-wrap }
"""
WIDGET = 'application/vnd.jupyter.widget-view+json'
TAGS = {'hide': 'remove-cell', 'default_exp': 'remove-cell'}          # a directive of nbdev -> what it is for jupyter-book
EXTENSIONS = 'sphinx_togglebutton sphinx_copybutton myst_nb jupyter_book sphinx_comments sphinx_external_toc sphinx_design sphinx_book_theme'.split()    # jupyter-book's own, but those that ask the web
MATHJAX = dict(package='mathjax', version='3.2.2'), 'd4295dc33744836935c1399feece5159577b34c5c8ffb9f1c6324cd82e03a882'

def mathjax():
    "Path of MathJax in one file, fonts included; fetched from npm on first need"
    entry, sha256 = MATHJAX
    path = CACHE/f"mathjax-{entry['version']}-tex-svg.js"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=CACHE) as folder:
            from_npm(entry, folder)
            archive, = Path(folder).iterdir()
            keep(extract(archive, 'package/es5/tex-svg.js'), sha256, path)
    return path

def local(text, folder):
    "`text` with its links to files outside nbs/ turned to copies of them in `folder`"
    def copied(m):
        if not m[2].startswith('../'): return m[0]
        name, mark, part = m[2].removeprefix('../').partition('#')
        (folder/name).parent.mkdir(parents=True, exist_ok=True); shutil.copy(ROOT/name, folder/name)
        return m[1] + name + mark + part
    return LINK.sub(copied, text)

def still_panel():
    "Chapter 50's panel with pictures made beforehand, as HTML"
    found = [o.data['text/html'] for c in nbformat.read(NBS/'50_widgets.ipynb', 4).cells for o in c.get('outputs', []) if 'text/html' in o.get('data', {})]
    if len(found) != 1: raise ValueError(f'nbs/50_widgets.ipynb stores {len(found)} outputs of HTML; expected one, the panel without a kernel: run the notebook.')
    return found[0]

def still(output, has_sliders):
    "What is left of an `output` on a page without a kernel; None for a progress bar"
    data = output.get('data', {})
    if data.pop(WIDGET, None) is None: return output
    if 'image/jpeg' not in data: return None
    if data['text/plain'].startswith('Panel(') and not has_sliders:
        data['text/html'] = '<p>One control at a time, from pictures made beforehand; all together, live, with <code>make lab</code>.</p>' + still_panel()
    return output

def with_films(output):
    "The output with the films that it shows from figures/ inside of it"
    data = output.get('data', {})
    inside = lambda m: f'src="data:video/mp4;base64,{base64.b64encode((ROOT/m[1]).read_bytes()).decode()}"'
    if 'text/html' in data: data['text/html'] = re.sub(r'src="\.\./(figures/[^"]+\.mp4)"', inside, data['text/html'])
    return output

def page(book, folder):
    "A notebook made ready for jupyter-book: directives become tags, links lead to copies in `folder`, widgets stand still"
    book.metadata.pop('widgets', None)
    has_sliders = any('type="range"' in o.get('data', {}).get('text/html', '') for c in book.cells for o in c.get('outputs', []))
    for cell in book.cells:
        if cell.cell_type == 'markdown': cell.source = local(cell.source, folder); continue
        if cell.cell_type != 'code': continue
        directives = re.findall(r'^#\|\s*(\w+)', cell.source, re.M)
        cell.source = re.sub(r'^#\|.*\n?', '', cell.source, flags=re.M)
        cell.metadata['tags'] = sorted({TAGS[d] for d in directives if d in TAGS})
        cell.outputs = [with_films(o) for output in cell.outputs if (o := still(output, has_sliders))]
    return book

def write_sources(folder):
    "Pages, table of contents and settings of jupyter-book into `folder`"
    books, parts = notebooks(), {}
    for nb in books:
        book, number = page(nbformat.read(nb, 4), folder), nb.stem.split('_')[0]
        nbformat.write(book, folder/nb.name)
        if nb.stem == 'index': continue
        heading = re.match('# (.*)', book.cells[0].source)
        if not heading: raise ValueError(f'{nb.name} does not begin with a title; expected a first cell like "# Layers".')
        parts.setdefault(PARTS.get(number) or PARTS[number[0]], []).append(dict(file=nb.stem, title=f'{number} {heading[1]}'))
    cards = [dict(file=p.relative_to(folder).with_suffix('').as_posix()) for p in sorted(folder.glob('data/*.md'))]
    toc = [dict(caption=caption, chapters=chapters) for caption, chapters in (parts | {'Model cards': cards}).items() if chapters]
    (folder/'own').mkdir(); shutil.copy(mathjax(), folder/'own'/'mathjax.js'); (folder/'own'/'book.css').write_text(STYLE)
    sphinx = dict(extensions=EXTENSIONS, html_static_path=['own'], html_css_files=['book.css'], mathjax_path='mathjax.js', myst_heading_anchors=4)
    (folder/'_toc.yml').write_text(json.dumps(dict(format='jb-book', root='index', parts=toc)))                    # JSON is YAML, too
    (folder/'_config.yml').write_text(json.dumps(dict(title='PIRenderer, the book', author='The PIRenderer book authors', logo='', execute=dict(execute_notebooks='off'),
        only_build_toc_files=True, launch_buttons=dict(thebe=False), html=dict(use_repository_button=False, use_issues_button=False), sphinx=dict(config=sphinx))))

def web_requests(html):
    "Addresses that a browser would ask for when it opens the page `html`"
    found = re.findall(r'<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc="((?:https?:)?//[^"]+)"|<link\b(?=[^>]*rel="(?:stylesheet|preload|icon)")[^>]*?href="((?:https?:)?//[^"]+)"', html)
    return [source or link for source, link in found]

def main():
    program = Path(sys.executable).with_name('jupyter-book')
    if not program.exists(): sys.exit("jupyter-book is not installed; run .venv/bin/pip install -e '.[book]', then the same command again.")
    shutil.rmtree(BOOK, ignore_errors=True); BOOK.mkdir(parents=True)
    try: write_sources(BOOK)
    except (OSError, ValueError) as error: sys.exit(f'The site was not built: {error}')
    done = subprocess.run([program, 'build', BOOK], capture_output=True, text=True, errors='replace')
    said = done.stdout + done.stderr
    print('\n'.join(line for line in said.splitlines() if re.search('WARNING|ERROR', line)))
    if done.returncode or not (SITE/'index.html').exists(): sys.exit(f'{said[-4000:]}\nThe site was not built: jupyter-book ended as shown above.')
    size = sum(p.stat().st_size for p in SITE.rglob('*') if p.is_file()) / 1e6
    if size > MEGABYTES: sys.exit(f'The site has {size:.0f} MB; at most {MEGABYTES} are wanted: make the stored outputs of the largest notebooks smaller.')
    for path in sorted(SITE.rglob('*.html')):
        if asked := web_requests(path.read_text(encoding='utf-8')): sys.exit(f'{path.name} would ask the web for {asked[:3]}; the site must stand alone.')
    print(f'{SITE.relative_to(ROOT)}/index.html and {len(list(SITE.rglob("*.html"))) - 1} more pages, {size:.1f} MB')

if __name__ == '__main__': main()
