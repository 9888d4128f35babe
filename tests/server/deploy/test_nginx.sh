#!/usr/bin/env bash
# trommel behind nginx as config/nginx/trommel.conf sets it up: test_nginx.sh PROGRAM
start_proxy() {
    mkdir -p "$folder/nginx"
    sed -E -e "s/127\.0\.0\.1:8765/127.0.0.1:$behind/" -e "s/listen 443/listen 127.0.0.1:$front/" \
        -e "s/listen 80/listen 127.0.0.1:$(free_port)/" -e '/listen \[::\]/d' \
        -e "s|/etc/ssl/trommel/|$folder/|" -e "s/trommel\.example\.org/localhost/" \
        "$repository/config/nginx/trommel.conf" >"$folder/nginx/site.conf"
    cat >"$folder/nginx/nginx.conf" <<EOF
daemon off;
pid $folder/nginx/pid;
error_log $folder/nginx.log;
events {}
http {
    client_body_temp_path $folder/nginx/body;
    proxy_temp_path $folder/nginx/proxy;
    fastcgi_temp_path $folder/nginx/f;
    uwsgi_temp_path $folder/nginx/u;
    scgi_temp_path $folder/nginx/s;
    include $folder/nginx/site.conf;
}
EOF
    nginx -e "$folder/nginx.log" -p "$folder/nginx" -c "$folder/nginx/nginx.conf" &
    proxy=$!
}
. "$(dirname "$0")/proxy_flow.sh"
[ -z "$(find "$folder/nginx/body" "$folder/nginx/proxy" -type f)" ] || fail "nginx kept bodies on its disk"
echo "nginx ok"
