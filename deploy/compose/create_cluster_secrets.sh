#!/bin/sh
# Adds the secrets that compose.cluster.yaml needs to those of compose.yaml, in the folder ./secrets:
#
#   sh deploy/compose/create_cluster_secrets.sh
set -eu
folder=secrets
if [ ! -d "$folder" ]; then
  echo "There is no ./$folder: run deploy/compose/create_secrets.sh first." >&2
  exit 1
fi
if [ -e "$folder/nats_url" ] || [ -e "$folder/nats_config" ]; then
  echo "The secrets of NATS exist already: nothing is changed." >&2
  exit 1
fi
write() { printf '%s\n' "$2" > "$folder/$1" && chmod 444 "$folder/$1"; }
password=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
write nats_url "nats://credits:$password@nats:4222"
# Campaigns of ten thousands of recipients are large messages. The port of the health check is that of the container.
write nats_config "max_payload: 8MB
http: \"127.0.0.1:8222\"
authorization { user: \"credits\", password: \"$password\" }"
echo "Added the secrets of NATS to ./$folder."
