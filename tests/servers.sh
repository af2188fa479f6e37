# What test.sh and tests/soak.sh share: a MariaDB and a Redis of their own, with private data, on free ports. Sourced, not run, by scripts with
# `set -euo pipefail`, which end with stop_servers and remove $work.
#
# What is missing is installed with apt, unless GATEWAY_TEST_MYSQL and GATEWAY_TEST_REDIS name servers to use instead.
# shellcheck shell=bash
PATH="$PATH:/usr/sbin:/usr/local/sbin" # servers are installed there, and a user's PATH often lacks it

work=$(mktemp -d /tmp/gateway-test.XXXXXX) # not $TMPDIR: the path of a socket has at most 107 bytes
chmod 711 "$work"                          # servers of an unprivileged user pass through to their own folders

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null
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

# stop_group ID: a process group, with all that its processes started. It gets what Ctrl-C sends, and 5 seconds.
stop_group() {
  [[ -n $1 ]] || return 0
  kill -INT -- "-$1" 2>/dev/null || return 0
  for _ in {1..50}; do
    kill -0 -- "-$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null || true
}

# ---- install ----

# missing_packages COMMAND…: what to install for the servers, and for commands whose package has their name.
missing_packages() {
  if [[ -z ${GATEWAY_TEST_MYSQL:-} ]] && ! { has mariadbd && has mariadb-install-db && has my_print_defaults; } && ! has mysqld; then
    # The binaries without the system service that the package mariadb-server would set up and enable.
    printf '%s\n' mariadb-server-core mariadb-client-core
  fi
  if [[ -z ${GATEWAY_TEST_REDIS:-} ]] && ! has redis-server; then
    echo redis-server
  fi
  local command
  for command in "$@"; do
    has "$command" || echo "$command"
  done
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages "$@")
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

# Those that the environment does not name.
start_servers() {
  if [[ -z ${GATEWAY_TEST_MYSQL:-} ]]; then
    start_mysql
  fi
  if [[ -z ${GATEWAY_TEST_REDIS:-} ]]; then
    start_redis
  fi
}
