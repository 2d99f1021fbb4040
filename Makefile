# Two commands do everything on a fresh machine with Python 3.11 or later: `make run` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
TEXTS  ?= ../shared/data
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help run test lint model ablations bench scale faults hostile quality mutants search actions map train encoder language-model lock clean

help:  ## Show what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY)  ## Set up, and turn raw/ into a dataset in processed/
	@$(BIN)/manifesto run

test: $(READY)  ## Set up, and run the tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

lint: $(READY)  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

model: $(READY)  ## Install nl_core_news_md, spaCy's Dutch pipeline, where there is a network
	@$(BIN)/python -m pipelines.commands.installing

bench: $(READY)  ## Words per second of each stage, beside tokenising the same text; TEXTS as for train
	$(BIN)/python -m benchmarks.speed --texts $(TEXTS)

scale: $(READY)  ## CPU, wall time and memory of full, incremental and unchanged runs; TEXTS as for train
	$(BIN)/python -m benchmarks.scale $(TEXTS)/manifestos-text

faults: $(READY)  ## Inject faults into runs, and see what must hold after each; a full disk needs root
	$(BIN)/python -m benchmarks.faults

hostile: $(READY)  ## CPU time and memory that texts made to cost take, and how they grow (an hour and a half)
	$(BIN)/python -m benchmarks.hostile

quality: $(READY)  ## Passages and sentences against pages that readers marked, beside three peers; TEXTS as for train
	$(BIN)/python -m benchmarks.pages --texts $(TEXTS)

mutants: $(READY)  ## Certificates of quotes changed on purpose, beside a similarity score; TEXTS as for train
	$(BIN)/python -m benchmarks.mutants --texts $(TEXTS)

search: $(READY)  ## How well search knows Dutch word forms, on two treebanks in TEXTS
	$(BIN)/python -m benchmarks.search --texts $(TEXTS)

map: $(READY)  ## Draw docs/architecture.svg anew from the imports
	$(BIN)/python -m benchmarks.map

train: $(READY)  ## Train all classifiers; TEXTS is the folder of the annotated texts
	$(BIN)/manifesto train digitalisation policy-areas statement --texts $(TEXTS) --texts raw

encoder: $(READY)  ## Train models/text_encoder from the manifestos in TEXTS (half an hour); then make train
	$(BIN)/python -m pipelines.training.encoder --texts $(TEXTS)

actions: $(READY)  ## Action, polarity and object of commitments, against what readers marked and its floors; TEXTS as for train
	$(BIN)/python -m benchmarks.actions --texts $(TEXTS)

ablations: $(READY)  ## What each part of the classifiers is worth, manifestos held out (a quarter of an hour); TEXTS as for train
	$(BIN)/python -m benchmarks.ablations --texts $(TEXTS) --texts raw

language-model: $(READY)  ## Train models/nl_manifesto from treebanks and manifestos in TEXTS, with ablations
	$(BIN)/python -m pipelines.training.language --texts $(TEXTS) --ablations

lock: $(READY)  ## Write requirements.lock anew, for Python 3.11 and later on every platform
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --no-annotate --quiet --custom-compile-command 'make lock' -o requirements.lock

clean:  ## Remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
