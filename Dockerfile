# The image of Poli Credits, for a Postgres that DATABASE_URL names. See "Run it in a container" in docs/operations.md.

# The binary of the version that the project pins. Deno has its own certificates and zone data, so Debian needs no
# packages.
FROM denoland/deno:bin-2.9.6 AS deno

FROM debian:12-slim
COPY --from=deno /deno /usr/local/bin/deno
# Only the packages that the service imports are downloaded, into a folder that the service does not write to.
ENV DENO_DIR=/deno-dir DENO_UNSTABLE_NPM_LAZY_CACHING=1 DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
WORKDIR /app

# The packages change less often than the source: their layer is reused until the lock file changes.
COPY deno.json deno.lock ./
COPY deploy/image/packages.ts deploy/image/
RUN deno cache --quiet deploy/image/packages.ts

COPY main.ts ./
COPY migrations migrations
COPY actors actors
COPY src src
COPY tools/command_line.ts tools/
COPY tools/audit tools/audit
COPY tools/doctor tools/doctor
COPY deploy/image/health.ts deploy/image/
# Importing the program starts nothing; it compiles every module once, for all starts of the image.
RUN deno eval --quiet "await import('/app/main.ts')"

# A number, so that an orchestrator can verify that it is not root. The user owns no file and needs no home.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["deno", "run", "--quiet", "--no-config", "--no-prompt", "--allow-net", "--allow-env=PORT", "/app/deploy/image/health.ts"]
# The command of `deno task start`, of which the shell becomes the service: SIGTERM reaches it, and it drains.
CMD ["sh", "-c", "exec $(deno run -A src/config/permissions.ts main.ts || echo false)"]
