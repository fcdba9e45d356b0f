"Installs the package `pirender`; everything it says about itself stands in settings.ini."
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

here = Path(__file__).parent
config = ConfigParser(delimiters=['='])
config.read(here/'settings.ini', encoding='utf-8')
about = config['DEFAULT']

setup(name=about['lib_name'], version=about['version'], description=about['description'],
      long_description=(here/'README.md').read_text(encoding='utf-8') if (here/'README.md').exists() else '',
      long_description_content_type='text/markdown',
      author=about['author'], license='Apache-2.0', keywords=about['keywords'],
      packages=find_packages(include=['pirender', 'pirender.*']), python_requires=f"~={about['min_python']}",
      install_requires=about['requirements'].split(), extras_require={kind: about[f'{kind}_requirements'].split() for kind in ('dev', 'book')},
      entry_points=dict(console_scripts=about['console_scripts'].split('\n'),
                        nbdev=[f"{about['lib_name']}={about['lib_name']}._modidx:d"]))
