"Write README.md from nbs/index.ipynb: `python tools/readme.py`."
import os, re
from pathlib import Path
import nbformat
from nbconvert import MarkdownExporter

ROOT = Path(__file__).resolve().parent.parent
INDEX, README = ROOT/'nbs'/'index.ipynb', ROOT/'README.md'
LINK = re.compile(r'(\]\(|(?:src|href)=")([^)"\s]+)')

def from_root(target):
    "A link written as seen from nbs/, as seen from the root of the repository"
    if re.match(r'[a-z]+:|#|/', target): return target
    return Path(os.path.relpath(INDEX.parent/target, ROOT)).as_posix()

def readme():
    "The markdown of the index notebook, without hidden cells, with its links made relative to the root"
    book = nbformat.read(INDEX, as_version=4)
    book.cells = [c for c in book.cells if not c.source.startswith('#| hide')]
    for c in book.cells: c.source = re.sub(r'^#\| .*\n', '', c.source, flags=re.M)
    book.metadata.language_info = dict(name='python')
    text, extra = MarkdownExporter().from_notebook_node(book)
    if extra['outputs']: raise ValueError('nbs/index.ipynb has outputs that are pictures; save them in figures/ and link them instead.')
    text = LINK.sub(lambda m: m[1] + from_root(m[2]), text)
    return re.sub(r'\n{3,}', '\n\n', text).strip() + '\n'

if __name__ == '__main__':
    README.write_text(readme(), encoding='utf-8')
