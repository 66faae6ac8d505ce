# Puts a release beside the others and tests it with the real programs; what is served does not change.
# Variables: NODE RELEASE; the files follow on stdin, a line each: FILE MODE PATH CONTENT (base64, - when empty).
lock
umask 022
mkdir -p "$releases"
stage=$(mktemp --directory "$releases/.stage-XXXXXX")
chmod 0755 "$stage"
trap 'rm -rf "$stage"' EXIT
while read -r word mode path content; do
  [ "$word" = FILE ] || fail "cannot read the release: a line starts with $word"
  mkdir -p "$(dirname "$stage/$path")"
  [ "$content" = - ] && content=
  echo "$content" | base64 --decode >"$stage/$path"
  chmod "$mode" "$stage/$path"
done
tested() {
  local output
  output=$("${@:2}" 2>&1) || fail "release $RELEASE is refused and nothing was changed: $1 says: $output"
}
# keepalived -t refuses track files that are not there.
systemd-tmpfiles --create "$stage"/tmpfiles/*.conf
tested "nginx -t" nginx -t -q -c "$stage/nginx/nginx.conf"
tested "keepalived -t" keepalived --config-test --use-file "$stage/keepalived/keepalived.conf" --log-console --no-syslog
tested "nft --check" nft --check --file "$stage/network/firewall.nft"
# What is there under this name may have been edited by hand: what was tested is what will be served.
if [ -d "$releases/$RELEASE" ] && ! diff --recursive --brief "$stage" "$releases/$RELEASE" >/dev/null; then
  mv --no-target-directory "$releases/$RELEASE" "$releases/.stage-edited-$$"
  touch "$unsure"
fi
[ -d "$releases/$RELEASE" ] || mv --no-target-directory "$stage" "$releases/$RELEASE"
rm -rf "$releases"/.stage-edited-*
sync --file-system "$releases"
# The time makes every run's output another one, and with it the activations run again that read it.
say "release $RELEASE staged and tested at $(date --utc +%FT%T.%NZ)"
