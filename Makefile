# Two commands do everything on a fresh machine with Python 3.11 or later: `make run` and `make test`. The first installs
# what a run needs (requirements.lock), the second what tests, training and measurements need as well.
PYTHON ?= python3
VENV   ?= .venv
TEXTS  ?= ../shared/data
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
LOCK   := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --quiet --custom-compile-command 'make lock'

.PHONY: help run open test test-quick lint model ablations bench scale faults hostile quality page-models readings digests mutants search identity actions trees entities outside map docs train encoder language-model lock clean

help:  ## Show what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation -e .
	@touch $@

$(DEV): $(READY) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: $(READY)  ## Set up, and turn raw/ into a dataset in processed/
	@$(BIN)/manifesto run

open: $(READY)  ## Look at the current dataset in the browser
	@$(BIN)/manifesto open

test: $(DEV)  ## Set up, and run the tests
	$(PYTEST)

test-quick: $(DEV)  ## Set up, and run the tests that take no processes, browsers or training (under a minute)
	$(PYTEST) -m "not slow"

lint: $(DEV)  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

model: $(READY)  ## Install nl_core_news_md, spaCy's Dutch pipeline, where there is a network
	@$(BIN)/python -m pipelines.commands.installing

bench: $(DEV)  ## Words per second of each stage, beside tokenising the same text; TEXTS as for train
	$(BIN)/python -m benchmarks.speed --texts $(TEXTS)

scale: $(DEV)  ## CPU, wall time and memory of full, incremental and unchanged runs; TEXTS as for train
	$(BIN)/python -m benchmarks.scale $(TEXTS)/manifestos-text

faults: $(DEV)  ## Inject faults into runs, and see what must hold after each; a full disk needs root
	$(BIN)/python -m benchmarks.faults

hostile: $(DEV)  ## CPU time and memory that texts made to cost take, and how they grow (an hour and a half)
	$(BIN)/python -m benchmarks.hostile

quality: $(DEV)  ## Passages and sentences against pages that readers marked, beside three peers; TEXTS as for train
	$(BIN)/python -m benchmarks.reading.pages --texts $(TEXTS)

page-models: $(DEV)  ## How well pages are read on files held out; WRITE=--write trains the classifiers of lines anew; TEXTS as for train
	$(BIN)/python -m benchmarks.reading.page_models --texts $(TEXTS) $(WRITE)

digests: $(DEV)  ## Parties and quotes of digests by other hands, against what their writers marked; TEXTS=tests/gold/digests/dev
	$(BIN)/python -m benchmarks.digests $(TEXTS)

readings: $(DEV)  ## Fit the estimate of how well a document was read on marked pages, and see how far off it is; TEXTS as for train
	$(BIN)/python -m benchmarks.reading.readings --texts $(TEXTS)

mutants: $(DEV)  ## Certificates of quotes changed on purpose, beside a similarity score; TEXTS as for train
	$(BIN)/python -m benchmarks.mutants --texts $(TEXTS)

identity: $(DEV)  ## Party, election and status by kind of evidence, on files of which they are known; TEXTS as for train
	$(BIN)/python -m benchmarks.identity --texts $(TEXTS)

search: $(DEV)  ## How well search knows Dutch word forms, on two treebanks in TEXTS
	$(BIN)/python -m benchmarks.search --texts $(TEXTS)

map: $(READY)  ## Draw docs/architecture.svg anew from the imports
	$(BIN)/python -m benchmarks.map

docs: map  ## Write anew what is made of the code: the map, docs/data-dictionary.md and docs/problems.md
	$(BIN)/python -c 'from extract.dataset.dictionary import as_markdown as text; print(text(title="Data dictionary"), end="")' > docs/data-dictionary.md
	$(BIN)/python -c 'from extract.problems import codes_as_markdown as text; print(text(), end="")' > docs/problems.md

train: $(READY)  ## Train all classifiers; TEXTS is the folder of the annotated texts
	$(BIN)/manifesto train digitalisation policy-areas statement --texts $(TEXTS) --texts raw

encoder: $(DEV)  ## Train models/text_encoder from the manifestos in TEXTS (half an hour); then make train
	$(BIN)/python -m pipelines.training.encoder --texts $(TEXTS)

actions: $(DEV)  ## Action, polarity and object of commitments, against what readers marked and its floors; TEXTS as for train
	$(BIN)/python -m benchmarks.actions --texts $(TEXTS) $(WRITE)

trees: $(DEV)  ## How well models/nl_manifesto parses sentences of manifestos, against what readers marked; TEXTS as for train
	$(BIN)/python -m benchmarks.trees score --texts $(TEXTS)

entities: $(DEV)  ## Names, amounts, years and deadlines in sentences, against what readers marked; TEXTS as for train
	$(BIN)/python -m benchmarks.entities score --texts $(TEXTS)

outside: $(DEV)  ## Labels, headings and sentences beside what people marked who never saw this project (ten minutes); TEXTS as for train
	$(BIN)/python -m benchmarks.outside score --texts $(TEXTS)

ablations: $(DEV)  ## What each part of the classifiers is worth, manifestos held out (a quarter of an hour); TEXTS as for train
	$(BIN)/python -m benchmarks.ablations --texts $(TEXTS) --texts raw

language-model: $(DEV)  ## Train models/nl_manifesto from treebanks and manifestos in TEXTS, with ablations (an hour and a half)
	$(BIN)/python -m pipelines.training.language --texts $(TEXTS) --ablations

lock: $(READY)  ## Write both lock files anew, for Python 3.11 and later on every platform
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --group dev --upgrade -o requirements-dev.lock
	$(LOCK) --group build --constraint requirements-dev.lock -o requirements.lock

clean:  ## Remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
