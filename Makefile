# PIRenderer, the book. `make setup` installs, `make demo` edits portraits, `make test` checks everything, `make lab` opens the book.
PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/ready
PHOTO = $(if $(PIRENDER_PHOTO),$(shell realpath "$(PIRENDER_PHOTO)" 2>/dev/null))

.DEFAULT_GOAL := help
.PHONY: help setup demo assets studio test lab page film book browser readme export

help:
	@echo "make setup   create .venv and install (about 7.5 GB; 3 to 8 minutes)"
	@echo "make demo    run the quickstart; leaves figures/quickstart_*.png and .mp4; make demo PIRENDER_PHOTO=me.jpg  with yours"
	@echo "make test    fetch the assets, run every notebook, compare package and notebooks"
	@echo "make lab     open the quickstart in JupyterLab;  make page  the sliders alone, as a page"
	@echo "make film    render the two-minute film, figures/film.mp4 (some 8 minutes on two cores)"
	@echo "make book    write the book as a site, build/book/_build/html;  make browser  try site, JupyterLab and page in Chromium"
	@echo "make export  write pirender/ from the notebooks;  make readme  write README.md from nbs/index.ipynb"

setup: $(READY)

$(READY): requirements.lock setup.py settings.ini pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found; install Python 3.11, or name it: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing into .venv: about 7.5 GB, some minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock \
	  || { echo "The packages could not be installed; check the network and free space, then run the same command again."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: photo
photo:
	@$(if $(PIRENDER_PHOTO),test -f "$(PHOTO)" || { echo "There is no photograph '$(PIRENDER_PHOTO)'."; exit 1; })

demo: photo setup
	@mkdir -p data/cache/demo && touch data/cache/demo/start
	@echo "Running nbs/00_quickstart.ipynb ..."
	@$(if $(PHOTO),PIRENDER_PHOTO="$(PHOTO)") $(BIN)/jupyter nbconvert --log-level ERROR --to notebook --execute --output-dir data/cache/demo nbs/00_quickstart.ipynb
	@for kind in png mp4; do \
	  find figures -name "quickstart_*.$$kind" -newer data/cache/demo/start | grep -q . || { echo "The quickstart ran but wrote no figures/quickstart_*.$$kind."; exit 1; }; done
	@echo "The quickstart wrote:"; find figures -name 'quickstart_*' -newer data/cache/demo/start | sort
	@echo "and, with its outputs, data/cache/demo/00_quickstart.ipynb"

assets: setup
	@$(BIN)/python -m pirender.assets fetch

studio: assets
	@$(BIN)/python -c "from pirender.studio.people import bake; bake()"

test: studio $(if $(BROWSER),book)
	@$(BIN)/python tools/check.py

lab: photo setup
	$(if $(PHOTO),PIRENDER_PHOTO="$(PHOTO)") $(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) nbs/00_quickstart.ipynb

page: setup
	PIRENDER_PHOTO="$(PHOTO)" $(BIN)/voila tools/panel.ipynb

film: studio
	@$(BIN)/python -m pirender.film

book: setup
	@$(BIN)/python tools/book.py

browser: book
	@$(BIN)/python tools/browser.py

readme: setup
	$(BIN)/jupyter nbconvert --log-level ERROR --to notebook --execute --inplace nbs/index.ipynb
	$(BIN)/nbdev_clean --fname nbs/index.ipynb
	$(BIN)/python tools/readme.py

export: setup
	$(BIN)/nbdev_export
	$(BIN)/nbdev_clean
