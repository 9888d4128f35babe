#!/usr/bin/env bash
# trommel behind Caddy as config/caddy/Caddyfile sets it up: test_caddy.sh PROGRAM
start_proxy() {
    {
        printf '{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system %s/caddy\n}\n' "$folder"
        sed -e "s|^trommel\.example\.org {|localhost:$front {\n\ttls $folder/fullchain.pem $folder/key.pem|" \
            -e "s/127\.0\.0\.1:8765/127.0.0.1:$behind/" "$repository/config/caddy/Caddyfile"
    } >"$folder/Caddyfile"
    HOME=$folder XDG_DATA_HOME=$folder/caddy XDG_CONFIG_HOME=$folder/caddy \
        caddy run --config "$folder/Caddyfile" --adapter caddyfile 2>"$folder/caddy.log" &
    proxy=$!
}
. "$(dirname "$0")/proxy_flow.sh"
echo "caddy ok"
