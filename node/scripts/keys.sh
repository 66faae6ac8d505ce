# Places the synchronisation key: the private half for root, the public half for the peer's one command.
# Variables: NODE PEER SYNC_PUBLIC_KEY; the private key follows on stdin, base64 on one line.
lock
mkdir -p --mode=0700 "$home/keys"
read -r private
echo "$private" | base64 --decode >"$home/keys/sync.new"
mv --no-target-directory "$home/keys/sync.new" "$home/keys/sync"
chmod 0755 "$home" "$state"
mkdir -p --mode=0755 "$state/peer" "$state/peer/.ssh"
printf 'restrict,from="%s",command="%s/bin/peer-command" %s\n' "$PEER" "$current" "$SYNC_PUBLIC_KEY" >"$state/peer/.ssh/authorized_keys.new"
chmod 0644 "$state/peer/.ssh/authorized_keys.new"
mv --no-target-directory "$state/peer/.ssh/authorized_keys.new" "$state/peer/.ssh/authorized_keys"
