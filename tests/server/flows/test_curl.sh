#!/usr/bin/env bash
# The whole flow by curl alone: create, upload, embed, score, sample, poll, export, delete.
# test_curl.sh PROGRAM
set -euo pipefail
program=$1
folder=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi
    rm -rf "$folder"
}
trap stop EXIT

: >"$folder/log"  # sed may come before the server
TROMMEL_TOKEN=a-token-of-curl-alone "$program" serve --listen 127.0.0.1:0 --data "$folder" 2>"$folder/log" &
server=$!
for _ in $(seq 600); do
    url=$(sed -n 's/.*answers at //p' "$folder/log")
    [ -n "$url" ] && break
    sleep 0.02
done

fail() { echo "test_curl: $*" >&2; cat "$folder/log" >&2; exit 1; }
# The value of a member that is text or a number, from JSON on standard input.
member() { sed -E "s/.*\"$1\":\"?([^\",}]*).*/\1/"; }
call() { # METHOD PATH [BODY]
    curl -sS --fail-with-body -X "$1" -H 'Authorization: Bearer a-token-of-curl-alone' -H 'Content-Type: application/json' \
        ${3:+--data-binary "$3"} "$url$2"
}

[ "$(curl -sS "$url/healthz")" = '{"status":"ok"}' ] || fail "no health"
[ "$(curl -sS -o /dev/null -w '%{http_code}' "$url/v1/datasets")" = 401 ] || fail "no token is asked for"

dataset=$(call POST /v1/datasets '{"name": "by curl"}' | member id)
path=/v1/datasets/$dataset
printf 'filenames,embedding_0,labels\n' >"$folder/rows.csv"
for i in 0 1 2 3 4 5 6 7; do
    sample=$(call POST "$path/samples" "{\"fileName\": \"$i.jpg\"}" | member id)
    echo "image $i" >"$folder/image"
    curl -sS --fail -T "$folder/image" "$(call GET "$path/samples/$sample/writeurls" | member full)"
    echo "$i.jpg,$((i * i)),0" >>"$folder/rows.csv"
done
tag=$(call POST "$path/tags/initial" '{"imgType": "full"}' | member id)

announced=$(call GET "$path/embeddings/writeCSVUrl?name=rows")
curl -sS --fail -T "$folder/rows.csv" "$(member signedWriteUrl <<<"$announced")"
embedding=$(member embeddingId <<<"$announced")
curl -sS --fail "$(call GET "$path/embeddings/$embedding/readCSVUrl" | tr -d '"')" | cmp - "$folder/rows.csv" ||
    fail "the CSV comes back changed"

scores='{"scoreType": "margin", "scores": [0, 0.1, 0.9, 0.2, NaN, 0.8, 0.3, 0.4]}'
call POST "$path/tags/$tag/scores" "$scores" >/dev/null
job=$(call POST "$path/embeddings/$embedding/sampling" '{"newTagName": "chosen", "method": "ACTIVE_LEARNING",
    "config": {"stoppingCondition": {"nSamples": 2, "minDistance": -1}}, "rowCount": 8}' | member jobId)
for _ in $(seq 200); do
    status=$(call GET "/v1/jobs/$job")
    case $(member status <<<"$status") in FINISHED) break ;; FAILED) fail "$status" ;; esac
    sleep 0.02
done
chosen=$(member data <<<"$status")
[ "$(call GET "$path/tags/$chosen/export/basic/filenames")" = $'2.jpg\n5.jpg' ] || fail "other samples were chosen"
read_url=$(call GET "$path/tags/$chosen/export/basic/filenamesAndReadUrls" | member readUrl)
[ "$(curl -sS --fail "$read_url")" = "image 5" ] || fail "the image is another one"
# gzip and chunks, as curl asks for them
[ "$(curl -sS --compressed -H 'Authorization: Bearer a-token-of-curl-alone' "$url$path/mappings?field=fileName")" = \
    '["0.jpg","1.jpg","2.jpg","3.jpg","4.jpg","5.jpg","6.jpg","7.jpg"]' ] || fail "other mappings"

call DELETE "$path?force=true"
[ "$(call GET /v1/datasets)" = '[]' ] || fail "the dataset is still there"
kill -TERM "$server"
wait "$server" || fail "serve ended with $?"
server=
! grep -q a-token-of-curl-alone "$folder/log" || fail "the token appears in the log"
echo "curl ok"
