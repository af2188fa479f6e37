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
PATH="$PATH:/usr/sbin:/usr/local/sbin" # servers are installed there, and a user's PATH often lacks it

work=$(mktemp -d /tmp/gateway-test.XXXXXX) # not $TMPDIR: the path of a socket has at most 107 bytes
chmod 711 "$work"                          # servers of an unprivileged user pass through to their own folders
tests=
counts='0 passed, 0 failed, 0 skipped'

finish() {
  local code=$?
  trap - EXIT
  trap '' INT TERM HUP
  if [[ -n $tests ]]; then
    stop_tests
  fi
  stop_servers
  rm -rf "$work"
  echo "$counts"
  exit "$code"
}

# Every job that still runs, and only those: the number of one that ended may belong to a stranger by now.
# Without ceremony, since what they hold is deleted next.
stop_servers() {
  local running
  running=$(jobs -pr)
  if [[ -n $running ]]; then
    # Unquoted: one argument for each number.
    { kill -KILL $running && wait $running; } >/dev/null 2>&1 || true
  fi
}

# The tests are a process group of their own, with the gateways that they started. They get what Ctrl-C sends, and 5 seconds.
stop_tests() {
  kill -INT -- "-$tests" 2>/dev/null || return 0
  for _ in {1..50}; do
    kill -0 -- "-$tests" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$tests" 2>/dev/null || true
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

fail() {
  echo "test.sh: $*" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null
}

# ---- install ----

missing_packages() {
  if [[ -z ${GATEWAY_TEST_MYSQL:-} ]] && ! { has mariadbd && has mariadb-install-db && has my_print_defaults; } && ! has mysqld; then
    # The binaries without the system service that the package mariadb-server would set up and enable.
    printf '%s\n' mariadb-server-core mariadb-client-core
  fi
  if [[ -z ${GATEWAY_TEST_REDIS:-} ]] && ! has redis-server; then
    echo redis-server
  fi
  has npm || echo npm
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]} > 0)) || return 0
  local hint="Install MariaDB (or MySQL) and Redis, or name running servers in GATEWAY_TEST_MYSQL and GATEWAY_TEST_REDIS."
  has apt-get || fail "missing: ${packages[*]}, and there is no apt-get here. $hint"
  ((EUID == 0)) || fail "missing: ${packages[*]}. As root: apt-get install ${packages[*]}. $hint"

  echo "Installing ${packages[*]}"
  (
    exec 9>/run/lock/gateway-test-install # one installation at a time, also of other working copies
    flock 9
    trap allow_service_start EXIT
    refuse_service_start
    # Lists that are old or were never fetched are no failure yet.
    apt_install "${packages[@]}" >"$work/apt.log" 2>&1 ||
      { apt-get update && apt_install "${packages[@]}"; } >"$work/apt.log" 2>&1 ||
      { cat "$work/apt.log" >&2 && exit 1; }
  ) || fail "apt-get could not install: ${packages[*]}. $hint"
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

# A package that brings a service starts it when it is installed, unless this file says no (Debian policy, invoke-rc.d(8)).
policy=/usr/sbin/policy-rc.d
ours='# Put here by test.sh of Gateway while it installs packages.'

refuse_service_start() {
  if [[ -x $policy ]] && ! grep -qF "$ours" "$policy"; then
    local answer=0
    "$policy" redis-server start >/dev/null 2>&1 || answer=$?
    ((answer != 101)) || return 0 # refuses already
    mv "$policy" "$policy.gateway-test"
  fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$ours" >"$policy"
  chmod 755 "$policy"
}

allow_service_start() {
  if grep -qsF "$ours" "$policy"; then
    rm -f "$policy"
    [[ ! -e $policy.gateway-test ]] || mv "$policy.gateway-test" "$policy"
  fi
}

# ---- servers ----

# MariaDB refuses to run as root, and Redis has no need to.
user=$(id -un)
as_user=()
if ((EUID == 0)); then
  user=nobody
  as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
fi

secret() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# A port where nobody listens now. Below 32768, where the kernel takes no ports for outgoing connections by itself.
free_port() {
  local port
  for _ in {1..100}; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "found no free port"
}

# start_server NAME READY COMMAND…: runs COMMAND in the background until its log has the text READY.
# Fails when it ends before, for instance because somebody else took the port meanwhile.
start_server() {
  local name=$1 ready=$2 log="$work/$1.log"
  shift 2
  "${as_user[@]}" "$@" >"$log" 2>&1 </dev/null &
  for _ in {1..600}; do
    if grep -q "$ready" "$log"; then
      return 0
    fi
    if ! jobs -pr | grep -qx "$!"; then
      return 1
    fi
    sleep 0.1
  done
  return 1
}

own_folder() {
  mkdir -m 700 "$1"
  if ((EUID == 0)); then
    chown "$user" "$1"
  fi
}

start_mysql() {
  local home="$work/mysql" password port server
  password=$(secret)
  own_folder "$home"
  if has mariadbd; then
    server=mariadbd
    "${as_user[@]}" mariadb-install-db --no-defaults --datadir="$home/data" --skip-test-db --auth-root-authentication-method=socket \
      >"$work/mysql.log" 2>&1 || fail "MariaDB could not create its data: $(tail -n 20 "$work/mysql.log")"
  else
    server=mysqld
    "${as_user[@]}" mysqld --no-defaults --datadir="$home/data" --initialize-insecure \
      >"$work/mysql.log" 2>&1 || fail "MySQL could not create its data: $(tail -n 20 "$work/mysql.log")"
  fi

  # Root logs in through the socket only, whose folder nobody else can enter.
  "${as_user[@]}" tee "$home/init.sql" >/dev/null <<SQL
CREATE USER 'gateway'@'127.0.0.1' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO 'gateway'@'127.0.0.1' WITH GRANT OPTION;
SQL

  # What is deleted afterwards need not survive a power cut: no fsync that can be left out.
  for _ in {1..5}; do
    port=$(free_port)
    if start_server mysql 'ready for connections' "$server" --no-defaults \
      --datadir="$home/data" --socket="$home/mysql.sock" --pid-file="$home/mysql.pid" --init-file="$home/init.sql" \
      --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --max-connections=500 --loose-mysqlx=OFF \
      --character-set-server=utf8mb4 --collation-server=utf8mb4_bin --secure-file-priv="$home" --skip-log-bin \
      --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=128M --performance-schema=OFF; then
      export GATEWAY_TEST_MYSQL="Server=127.0.0.1;Port=$port;User ID=gateway;Password=$password"
      return
    fi
  done
  fail "$server did not start: $(tail -n 20 "$work/mysql.log")"
}

start_redis() {
  local home="$work/redis" password port
  password=$(secret)
  own_folder "$home"
  for _ in {1..5}; do
    port=$(free_port)

    # By a file, since every user of this machine sees the arguments of a process.
    "${as_user[@]}" tee "$home/redis.conf" >/dev/null <<CONF
bind 127.0.0.1
port $port
requirepass $password
save ""
appendonly no
dir $home
CONF
    if start_server redis 'Ready to accept connections' redis-server "$home/redis.conf"; then
      export GATEWAY_TEST_REDIS="127.0.0.1:$port,password=$password"
      return
    fi
  done
  fail "redis-server did not start: $(tail -n 20 "$work/redis.log")"
}

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
  stop_tests # a test process that crashed leaves its gateways behind
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
install_missing
install_clients
if [[ -z ${GATEWAY_TEST_MYSQL:-} ]]; then
  start_mysql
fi
if [[ -z ${GATEWAY_TEST_REDIS:-} ]]; then
  start_redis
fi

code=0
run_tests "$@" || code=$?
case $counts in
  '0 passed, 0 failed, '*) fail "no test ran" ;;
  *' 0 failed, 0 skipped') ;;
  *' 0 failed, '*) [[ ${CI:-} != true ]] || fail "tests were skipped, which CI=true does not allow" ;;
  *) code=$((code == 0 ? 1 : code)) ;;
esac
exit "$code"
