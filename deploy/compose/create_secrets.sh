#!/bin/sh
# Creates the secrets of compose.yaml, one in a file, in the new folder ./secrets:
#
#   META_APP_SECRET=... sh deploy/compose/create_secrets.sh
#
# Only you can enter the folder. Its files can be read in it by anyone, because a container's user has another number.
set -eu
folder=secrets
if [ -z "${META_APP_SECRET:-}" ]; then
  echo "Set META_APP_SECRET to the secret of your Meta app (App settings > Basic)." >&2
  exit 1
fi
if ! mkdir -m 700 "$folder"; then
  echo "The secrets exist already: nothing is changed. Postgres's volume was created with them: remove ./$folder only" >&2
  echo "together with the volume and all its data (docker compose down --volumes)." >&2
  exit 1
fi
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
write() { printf '%s\n' "$2" > "$folder/$1" && chmod 444 "$folder/$1"; }
password=$(random)
write database_password "$password"
write database_url "postgres://credits:$password@postgres:5432/credits"
write postgres_password "$(random)"
write meta_app_secret "$META_APP_SECRET"
write meta_verify_token "$(random)"
write admin_key "$(random)"
echo "Created the secrets in ./$folder. Enter the token of $folder/meta_verify_token in Meta's webhook settings."
