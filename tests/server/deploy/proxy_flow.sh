# What is asked of trommel behind a proxy; sourced by test_nginx.sh and test_caddy.sh, which define start_proxy.
# Sets up: $folder, $program, the server's port $behind, the proxy's $front, a certificate for localhost.
set -euo pipefail
program=$1
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
folder=$(mktemp -d)
server=
proxy=
token=a-token-behind-a-proxy
stop() {
    for process in $proxy $server; do kill "$process" 2>/dev/null || true; wait "$process" || true; done
    rm -rf "$folder"
}
trap stop EXIT
fail() { echo "$(basename "$0"): $*" >&2; tail -n 30 "$folder"/*log* >&2 || true; exit 1; }

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
behind=$(free_port)
front=$(free_port)
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$folder/key.pem" -out "$folder/fullchain.pem" 2>/dev/null
url=https://localhost:$front

wait_for() { # SECONDS COMMAND...
    local tries=$(($1 * 20)); shift
    for _ in $(seq "$tries"); do "$@" && return; sleep 0.05; done
    return 1
}
ask() { curl -sS --fail-with-body --cacert "$folder/fullchain.pem" -H "Authorization: Bearer $token" "$@"; }
member() { sed -E "s/.*\"$1\":\"?([^\",}]*).*/\1/"; }

printf 'public_url: %s\nlog_calls: true\nlog: {format: json}\n' "$url" >"$folder/server.yaml"
TROMMEL_TOKEN=$token "$program" serve --config "$folder/server.yaml" --listen "127.0.0.1:$behind" \
    --data "$folder/data" 2>"$folder/serve.log" &
server=$!
is_up() { curl -s -o "$folder/up" "http://127.0.0.1:$behind/healthz"; }
wait_for 30 is_up || fail "trommel does not answer"

start_proxy
is_through() { curl -s -o "$folder/up" --cacert "$folder/fullchain.pem" "$url/healthz"; }
wait_for 30 is_through || fail "the proxy does not answer"

# The API, with the caller's request id, and one of the proxy's where the caller's is none.
dataset=$(ask -H 'X-Request-Id: by-the-caller' -H 'Content-Type: application/json' -d '{"name": "behind"}' \
    -D "$folder/head" "$url/v1/datasets" | member id)
grep -qi '^x-request-id: by-the-caller' "$folder/head" || fail "the caller's request id is lost"
grep -q '"request":"by-the-caller"' "$folder/serve.log" || fail "the log does not have the request id"
ask -H 'X-Request-Id: no id; at all' -o "$folder/list" -D "$folder/head" "$url/v1/datasets"
grep -qiE '^x-request-id: [A-Za-z0-9._-]{13,}' "$folder/head" || fail "no request id of the proxy's"
[ "$(curl -sS --cacert "$folder/fullchain.pem" -o /dev/null -w '%{http_code}' "$url/v1/datasets")" = 401 ] ||
    fail "no token is asked for"

# An upload by a signed URL, which leads to the proxy, comes back unchanged.
head -c 5000000 /dev/urandom >"$folder/image"
path=$url/v1/datasets/$dataset
sample=$(ask -H 'Content-Type: application/json' -d '{"fileName": "a.jpg"}' "$path/samples" | member id)
to=$(ask "$path/samples/$sample/writeurls" | member full)
case $to in "$url"/*) ;; *) fail "the signed URL leads to $to" ;; esac
ask -T "$folder/image" "$to" >/dev/null
ask "$(ask "$path/samples/$sample/readurl?type=full" | tr -d '"')" | cmp - "$folder/image" ||
    fail "the image comes back changed"

# An upload goes on to trommel while it comes: it has begun there before the client has sent all.
mkfifo "$folder/slow"
ask -T - "$to" <"$folder/slow" >/dev/null &
upload=$!
exec 9>"$folder/slow"
head -c 300000 "$folder/image" >&9
in_flight() { curl -s -H "Authorization: Bearer $token" "http://127.0.0.1:$behind/metrics" | grep -q '_in_flight 2$'; }
wait_for 10 in_flight || fail "the proxy holds the upload back"
exec 9>&-
wait "$upload" || fail "the slow upload failed"

# An answer of a size that is not known before.
for i in $(seq 40); do printf '{"fileName":"%s.jpg"}' "$i" >"$folder/body"
    ask -H 'Content-Type: application/json' -d @"$folder/body" -o /dev/null "$path/samples"; done
[ "$(ask "$path/mappings?field=fileName" | tr ',' '\n' | wc -l)" = 40 ] || fail "names are missing"

# Who is too large is refused by the proxy or by trommel, and a lost server told as such.
kill -TERM "$server"; wait "$server" || fail "serve ended with $?"
server=
code=$(curl -sS --cacert "$folder/fullchain.pem" -o /dev/null -w '%{http_code}' "$url/healthz")
[ "$code" = 502 ] || [ "$code" = 503 ] || fail "without a server the proxy says $code"
! grep -q "$token" "$folder"/*log* || fail "the token appears in a log"
