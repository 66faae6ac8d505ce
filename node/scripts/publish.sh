# Has what `pulumi up` staged served on both nodes: the MASTER publishes it, the other node waits until it has it.
# Certificates come before what may name them.
# Variables: NODE CONTENT SECRETS (the hash of the certificates, or nothing) ACCEPT (the rollback that may be undone, or
#   nothing) STAGED (unused: makes it run after every staging)
limit=60
# publish WHAT
publish() {
  local code said
  code=$(curl --silent --output /run/nginx-ha/published --write-out '%{http_code}' --max-time $((limit + 60)) --unix-socket "$sync_socket" \
    "http://sync/$1&limit=$limit") ||
    fail "the synchronisation does not answer; it says why: journalctl -u nginx-ha-sync"
  said=$(cat /run/nginx-ha/published)
  [ "$code" = 200 ] || fail "$said"
  say "$said"
}
publish "publish-secrets?text&stack=$SECRETS"
publish "publish-stack?text&stack=$CONTENT&accept=$ACCEPT"
# What comes by ACME is asked for once its challenges are answered.
if [ -e "$current/systemd/nginx-ha-acme.service" ]; then systemctl --no-block start nginx-ha-acme.service; fi
