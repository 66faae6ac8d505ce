# Puts a release beside the others and tests it with the real programs; what is served does not change.
# Variables: NODE RELEASE CONTENT (the hash of the stack's part of what nginx serves); the files follow on stdin, a line
# each: FILE MODE PATH DATA (base64, - when empty), CONTENT MODE PATH DATA.
lock
umask 022
mkdir -p "$releases" "$contents"
stage=$(mktemp --directory "$releases/.stage-XXXXXX")
content=$(mktemp --directory "$contents/.stage-XXXXXX")
chmod 0755 "$stage" "$content"
trap 'rm -rf "$stage" "$content"' EXIT
while read -r word mode path data; do
  case "$word" in
    FILE) file=$stage/$path ;;
    CONTENT) file=$content/$path ;;
    *) fail "cannot read the release: a line starts with $word" ;;
  esac
  mkdir -p "$(dirname "$file")"
  [ "$data" = - ] && data=
  echo "$data" | base64 --decode >"$file"
  chmod "$mode" "$file"
done
tested() {
  local output
  output=$("${@:2}" 2>&1) || fail "release $RELEASE is refused and nothing was changed: $1 says: $output"
}
# keepalived -t refuses track files that are not there. One that a running keepalived does not know yet holds nothing up.
if systemctl --quiet is-active keepalived && [ ! -e /run/nginx-ha/track/sync ]; then echo 0 >/run/nginx-ha/track/sync; fi
systemd-tmpfiles --create "$stage"/tmpfiles/*.conf
# Together with the operator's files that are served here.
output=$(node "$stage/bin/sync.js" try "$content" 2>&1) || fail "release $RELEASE is refused and nothing was changed: $output"
tested "keepalived -t" keepalived --config-test --use-file "$stage/keepalived/keepalived.conf" --log-console --no-syslog
tested "nft --check" nft --check --file "$stage/network/firewall.nft"
# What is there under this name may have been edited by hand: what was tested is what will be served.
if [ -d "$releases/$RELEASE" ] && ! diff --recursive --brief "$stage" "$releases/$RELEASE" >/dev/null; then
  mv --no-target-directory "$releases/$RELEASE" "$releases/.stage-edited-$$"
  touch "$unsure"
fi
[ -d "$releases/$RELEASE" ] || mv --no-target-directory "$stage" "$releases/$RELEASE"
rm -rf "$releases"/.stage-edited-*
# The newest three contents are kept: an up that is behind finds its own.
rm -rf "${contents:?}/${CONTENT:0:12}"
mv --no-target-directory "$content" "$contents/${CONTENT:0:12}"
find "$contents" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort --reverse --numeric-sort | tail --lines +4 |
  while read -r _ name; do rm --recursive --force "${contents:?}/$name"; done
sync --file-system "$releases"
# The time makes every run's output another one, and with it the activations run again that read it.
say "release $RELEASE staged and tested at $(date --utc +%FT%T.%NZ)"
