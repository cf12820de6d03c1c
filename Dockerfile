# One image for every app and for the operator's command; it runs as an unprivileged user over a read-only root.
FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/app PYTHONTZPATH=""
WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/runtime.txt \
    && printf '#!/bin/sh\nexec python -m cli.main "$@"\n' > /usr/local/bin/qoldau && chmod 755 /usr/local/bin/qoldau \
    && useradd --system --uid 10001 --home-dir /var/lib/qoldau --create-home qoldau \
    && install -d -o qoldau -g qoldau /var/lib/qoldau/keys /var/lib/qoldau/files /var/lib/qoldau/mail
COPY services services
COPY gateway gateway
COPY cli cli
COPY migrations migrations
COPY docs docs
COPY CHANGELOG.md CHANGELOG.md
USER qoldau
ENTRYPOINT ["qoldau"]
