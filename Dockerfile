# docker build -t manifesto .        How to use it: docs/installing.md
FROM python:3.11-slim-bookworm

ENV PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /opt/manifesto
COPY requirements.lock .
RUN pip install --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY pipelines pipelines
COPY models models
RUN pip install --no-deps --no-build-isolation . && rm -r /opt/manifesto/*

RUN useradd --uid 1000 manifesto && mkdir -p /data/raw /data/processed && chown manifesto /data/raw /data/processed
USER manifesto
WORKDIR /data
VOLUME ["/data/raw", "/data/processed"]
ENTRYPOINT ["manifesto"]
CMD ["run"]
