#!/usr/bin/env bash
# Runs every test, against a MariaDB and a Redis of its own: private data, free ports, gone afterwards.
#
#   ./test.sh                                    everything
#   ./test.sh --filter-class '*LoginTests'       arguments go to `dotnet test`
#
#   GATEWAY_TEST_MYSQL   use this server instead (a MySqlConnector connection string; tests create databases on it)
#   GATEWAY_TEST_REDIS   use this server instead (a StackExchange.Redis connection string; tests empty its databases)
#   CI=true              a skipped test is a failure
#
# What is missing is installed with apt, and the JavaScript clients with npm. The last line is always `N passed, N failed, N skipped`; the exit code is 0 only
# if something ran and nothing failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. tests/servers.sh
tests=
counts='0 passed, 0 failed, 0 skipped'

finish() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  stop_group "$tests"
  stop_servers
  rm -rf "$work"
  echo "$counts"
  exit "$code"
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# The vendors' JavaScript clients, and a Node that is new enough for them: both are packages of tests/sdk.
install_clients() {
  local folder=tests/sdk
  if [[ ! -e $folder/node_modules/.package-lock.json || $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]]; then
    echo "Installing the packages of $folder"
    (cd "$folder" && npm ci --loglevel=error) >"$work/npm.log" 2>&1 || fail "npm could not install the packages of $folder: $(tail -n 20 "$work/npm.log")"
  fi
}

# ---- tests ----

run_tests() {
  local what=(--solution Gateway.slnx) code=0
  case " $* " in
    *' --project '* | *' --solution '* | *' --test-modules '*) what=() ;;
  esac

  # Temporary files of the tests, and of a compiler that would outlive them, go with everything else.
  mkdir "$work/tmp"

  # Whoever started this script may have it ignore Ctrl-C, as the background job of a shell does. The gateways that the
  # tests start and interrupt would inherit that.
  local heed=()
  if env --default-signal=INT true 2>/dev/null; then
    heed=(env --default-signal=INT,QUIT)
  fi

  set -m # a process group of their own
  TMPDIR="$work/tmp" MSBUILDDISABLENODEREUSE=1 "${heed[@]}" \
    dotnet test "${what[@]}" --report-xunit-trx --results-directory "$work/results" "$@" </dev/null &
  tests=$!
  set +m
  wait "$tests" || code=$?
  stop_group "$tests" # a test process that crashed leaves its gateways behind
  tests=
  count_results
  return "$code"
}

count_results() {
  local total passed failed
  total=$(sum_of total)
  passed=$(sum_of passed)
  failed=$(sum_of failed)
  counts="$passed passed, $failed failed, $((total - passed - failed)) skipped"
}

# Every test project writes one report.
sum_of() {
  find "$work/results" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + 2>/dev/null |
    sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

has dotnet || fail "missing: the .NET SDK that global.json names"
install_missing npm
install_clients
start_servers

code=0
run_tests "$@" || code=$?
case $counts in
  '0 passed, 0 failed, '*) fail "no test ran" ;;
  *' 0 failed, 0 skipped') ;;
  *' 0 failed, '*) [[ ${CI:-} != true ]] || fail "tests were skipped, which CI=true does not allow" ;;
  *) code=$((code == 0 ? 1 : code)) ;;
esac
exit "$code"
