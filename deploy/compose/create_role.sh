#!/bin/sh
# Creates the role that owns the database of the service. Postgres's image runs it at the first start of the volume.
# The service creates its own login role with it, and works as that one: see docs/security.md.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$(cat /run/secrets/database_password)" --username="$POSTGRES_USER" <<'SQL'
CREATE ROLE credits LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE credits OWNER credits;
SQL
