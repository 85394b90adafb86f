#!/bin/sh
# What the engine needs of Temporal: its namespace, which keeps what ended for 90 days, and its search attributes. Safe to run again.
set -eu
: "${TEMPORAL_NAMESPACE:=backorder}"
RETENTION=90d

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

search_attributes() {
  temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
    --name Domain --type Keyword \
    --name Tld --type Keyword \
    --name Stage --type Keyword \
    --name ReservationStatus --type Keyword \
    --name Registrar --type Keyword \
    --name NeedsAttention --type Keyword \
    --name DropAt --type Datetime
}

# The server needs some seconds to know a namespace it has just made.
attempts=0
until search_attributes; do
  attempts=$((attempts + 1))
  [ "$attempts" -lt 20 ] || exit 1
  sleep 2
done
