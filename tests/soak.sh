#!/usr/bin/env bash
# Three gateways over one Redis and one database, under load, while their upstreams fail at random and one of them is killed every two minutes.
#
#   tests/soak.sh                  10 minutes
#   tests/soak.sh --minutes 2 --seed 7 --clients 30
#
#   GATEWAY_TEST_MYSQL   use this server instead of an own MariaDB (a MySqlConnector connection string; a database is created on it, and dropped)
#   GATEWAY_TEST_REDIS   use this server instead of an own Redis (a StackExchange.Redis connection string; its database is emptied)
#
# Prints what clients saw and what is left. The exit code is 1 if a slot leaked, a charge was lost or made twice, or a client saw an error that another account
# could have served instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tests/servers.sh
run=

finish() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_group "$run"
  stop_servers
  rm -rf "$work"
  exit "$code"
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

has dotnet || fail "missing: the .NET SDK that global.json names"
install_missing
MSBUILDDISABLENODEREUSE=1 dotnet build tests/Soak -c Release -v q >"$work/build.log" 2>&1 || fail "the soak does not build: $(tail -n 20 "$work/build.log")"
start_servers

# The run is a process group of its own, with its gateways, whose temporary files go with everything else.
mkdir "$work/tmp"
code=0
set -m
TMPDIR="$work/tmp" dotnet tests/Soak/bin/Release/net10.0/Soak.dll "$@" </dev/null &
run=$!
set +m
wait "$run" || code=$?
stop_group "$run" # a run that crashed leaves its gateways behind
run=
exit "$code"
