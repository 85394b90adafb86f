#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, once: what is there stays as it is. Nothing here is ever committed.
#
# The folder is closed to other users of this machine; the files in it are not, because Compose mounts each file with its
# own mode, and the processes that read them have different users. What it mounts as a folder must be open itself.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets registries
chmod 700 secrets
chmod 755 registries temporal
chmod a+r mongo-user.js temporal/*

once() {
  [ -s "secrets/$1" ] && return
  printf '%s\n' "$2" >"secrets/$1.new"
  chmod "${3:-444}" "secrets/$1.new"
  mv "secrets/$1.new" "secrets/$1"
  echo "made deploy/secrets/$1"
}

once admin_key "$(openssl rand -hex 32)"
once secret "$(openssl rand -hex 32)"
once payload_key "$(openssl rand -base64 32)"
once temporal_db_password "$(openssl rand -hex 24)"
once mongo_root_password "$(openssl rand -hex 24)"
once mongo_password "$(openssl rand -hex 24)"
once mongodb_uri "mongodb://backorder:$(cat secrets/mongo_password)@mongo:27017/backorder"
once smtp_url "smtp://mailpit:1025" 644

if [ ! -e registries/registries.json ]; then
  echo '[]' >registries/registries.json
  chmod 644 registries/registries.json
  echo "made deploy/registries/registries.json without a registry: see deploy/registries.example.json"
fi
