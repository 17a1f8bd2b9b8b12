#!/usr/bin/env bash
# ./dev run: makes the sample school once, serves it, joins a computer to it, opens the app, and stops both together.
# Usage: run.sh BIN DIR
set -euo pipefail
bin=$(realpath "$1") dir=$2
mkdir -p "$dir"
dir=$(realpath "$dir")

if [ ! -e "$dir/sample.json" ]; then
  rm -rf "$dir/school" "$dir/computer"
  "$bin/waymark-server" sample --data "$dir/school" --demo --json >"$dir/sample.json.part"
  mv "$dir/sample.json.part" "$dir/sample.json"
fi
told() { node -e 'const s = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")); s.amira = s.cards.find((c) => c.name.startsWith("Amira")); console.log(process.argv[2].split(".").reduce((at, key) => at?.[key], s) ?? "")' "$dir/sample.json" "$1"; }

port=8443
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
"$bin/waymark-server" serve --data "$dir/school" --listen "0.0.0.0:$port" >"$dir/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
address="127.0.0.1:$port"
for _ in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 $server 2>/dev/null || { cat "$dir/server.log" >&2; exit 1; }
  sleep 0.1
done

if [ ! -e "$dir/computer/computer.json" ]; then
  "$bin/waymark" join --profile "$dir/computer" "$(told computer.code)" --server "https://$address"
fi
cat <<TEXT

The teacher's pages:  https://$address   (the browser asks about the certificate: it is this school's own)
  sign in as          $(told teacher.email)   password $(told teacher.password)
A student's card:     $(told amira.card)   ($(told amira.name))   PIN $(told amira.pin)
Close the app or press Ctrl-C to stop both.

TEXT
"$bin/waymark" --profile "$dir/computer"
