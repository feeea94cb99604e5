# One image for web, worker, beat and migrations; docker-compose.yml shows how they fit.
FROM python:3.12.11-slim-bookworm

# Pango and harfbuzz-subset for the PDF scorecards, whose fonts the app brings itself.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VETTING_DATA_DIR=/srv/data \
    VETTING_STATIC_ROOT=/srv/static

WORKDIR /srv/app
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY manage.py ./
COPY vetting vetting
COPY vendors vendors
COPY scorecards scorecards
COPY static static
COPY templates templates

# The key that this step makes stays in a folder of the step's own.
RUN VETTING_DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build \
    && useradd --system --uid 10001 --home-dir /srv/data --shell /usr/sbin/nologin vetting \
    && mkdir -p /srv/data \
    && chown vetting:vetting /srv/data /srv/static \
    && chmod 700 /srv/data

USER vetting
VOLUME /srv/data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz?only=database', timeout=4)"]

CMD ["gunicorn", "vetting.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--graceful-timeout", "30", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket", "--access-logfile", "-"]
