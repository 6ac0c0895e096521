# From the same lock files as `make setup`.
# docker build -t townmeeting .
# docker run -p 8021:8021 -v townmeeting:/data -v /etc/meeting:/tls:ro \
#   townmeeting --tls-cert /tls/fullchain.pem --tls-key /tls/privkey.pem
# Without TLS it starts only when it is told `--insecure-lan` instead.

FROM node:20-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY scripts scripts
RUN node scripts/vendor.mjs

FROM python:3.11-slim AS python
WORKDIR /srv/townmeeting
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation --editable .

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home townmeeting && install -d -o townmeeting /data
COPY --from=python /opt/venv /opt/venv
COPY --from=python /srv/townmeeting /srv/townmeeting
COPY static /srv/townmeeting/static
COPY templates /srv/townmeeting/templates
COPY --from=browser /build/static/vendor /srv/townmeeting/static/vendor
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
USER townmeeting
WORKDIR /data
VOLUME /data
EXPOSE 8021
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s CMD for way in http https; do python -c "import ssl, sys, urllib.request as web; web.urlopen(sys.argv[1], timeout=2, context=ssl._create_unverified_context())" $way://127.0.0.1:8021/health/ready 2>/dev/null && exit 0; done; exit 1
ENTRYPOINT ["townmeeting", "serve", "--host", "0.0.0.0", "--port", "8021"]
