#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to this version of the server. Safe to run again.
set -eu
SQL_PASSWORD="$(cat /run/secrets/temporal_db_password)"
export SQL_PASSWORD

for database in temporal temporal_visibility; do
  folder="${database#temporal_}"
  tool() { temporal-sql-tool --plugin postgres12 --endpoint postgresql --port 5432 --user temporal --database "$database" "$@"; }
  tool create-database
  tool setup-schema --version 0.0
  tool update-schema --schema-dir "${SCHEMAS:-/etc/temporal/schema}/postgresql/v12/$folder/versioned"
done
