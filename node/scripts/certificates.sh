# Checks certificates, keys and passwords as nginx and clients would, and places them. Certificates are staged: the MASTER
# publishes them for both nodes, see publish.sh; only a name that nothing is served under leads to the staged ones until
# then, so that what is to be served can be tested. Nothing is changed when one of them is bad.
# Variables: NODE SECRETS (the hash of the certificates, or nothing); on stdin a line each, texts in base64:
#   CERTIFICATE NAME CHAIN KEY, PLACEHOLDER NAME CHAIN KEY (served until ACME has given one),
#   FILES NAME CHAIN-PATH KEY-PATH (they are on the node, and only looked at), PASSWORDS NAME LIST
lock
staged=$home/secrets/content
mkdir -p --mode=0755 "$home"
mkdir -p --mode=0700 "$home/secrets" "$staged"
stage=$(mktemp --directory "$staged/.stage-XXXXXX")
lists=$(mktemp --directory "$home/.passwords-XXXXXX")
trap 'rm -rf "$stage" "$lists"' EXIT

# check NAME CHAIN KEY
check() {
  local end pair
  end=$(openssl x509 -in "$2" -noout -enddate 2>/dev/null) || refuse "$1" "its certificate cannot be read as PEM"
  openssl x509 -in "$2" -noout -checkend 0 >/dev/null || refuse "$1" "it expired on ${end#notAfter=}; renew it"
  pair=$(openssl pkey -in "$3" -passin pass: -pubout 2>/dev/null) || refuse "$1" "its key cannot be read as PEM without a passphrase"
  [ "$pair" = "$(openssl x509 -in "$2" -noout -pubkey)" ] || refuse "$1" "its key belongs to another certificate"
  openssl verify -CApath /etc/ssl/certs -CAfile "$2" -untrusted "$2" "$2" >/dev/null 2>&1 ||
    refuse "$1" "its chain does not reach a root: append the intermediate certificate that came with it (and an own authority's root)"
}
refuse() { fail "certificate $1 is refused and nothing was changed: $2"; }

given=' '
while read -r word name first second; do
  case "$word" in
    CERTIFICATE | PLACEHOLDER)
      directory=$stage/certificates/$name
      if [ "$word" = PLACEHOLDER ]; then directory=$stage/placeholders/$name; fi
      mkdir -p "$directory"
      echo "$first" | base64 --decode >"$directory/fullchain.pem"
      echo "$second" | base64 --decode >"$directory/privkey.pem"
      check "$name" "$directory/fullchain.pem" "$directory/privkey.pem"
      ;;
    FILES)
      for file in "$first" "$second"; do
        [ -r "$file" ] || refuse "$name" "there is no file $file on this node; put it there, as nginx.certificates says"
      done
      check "$name" "$first" "$second"
      ;;
    PASSWORDS)
      echo "$first" | base64 --decode >"$lists/$name"
      given="$given$name "
      ;;
    *) fail "cannot read the certificates: a line starts with $word" ;;
  esac
done

# nginx's workers read passwords at each request, and are not root.
mkdir -p --mode=0750 "$home/passwords"
chgrp www-data "$home/passwords"
find "$lists" -type f -exec chgrp www-data {} + -exec chmod 0640 {} + -exec mv --target-directory="$home/passwords" {} +
find "$home/passwords" -type f -printf '%f\n' | while read -r name; do
  case "$given" in *" $name "*) continue ;; esac
  # What is served, or can be gone back to, may still need it.
  grep --recursive --fixed-strings --quiet "$home/passwords/$name;" "$home/generations" 2>/dev/null || rm -f "$home/passwords/$name"
done

# Groups that this OpenSSL has, Mozilla's guideline 6.0 in order.
groups=X25519:prime256v1:secp384r1
if openssl list -kem-algorithms 2>/dev/null | grep X25519MLKEM768 >/dev/null; then groups=X25519MLKEM768:$groups; fi
mkdir -p --mode=0755 "$home/tls" "$home/certificates"
echo "ssl_ecdh_curve $groups;" >"$home/tls/groups.conf.new"
chmod 0644 "$home/tls/groups.conf.new"
mv "$home/tls/groups.conf.new" "$home/tls/groups.conf"

[ -n "$SECRETS" ] || exit 0
# The newest two are kept, as of what is served.
rm -rf "${staged:?}/${SECRETS:0:12}"
mv --no-target-directory "$stage" "$staged/${SECRETS:0:12}"
find "$staged" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort --reverse --numeric-sort | tail --lines +3 |
  while read -r _ old; do rm -rf "${staged:?}/$old"; done
# Folders as in agent/sync/certificates.ts.
served() {
  local folder
  for folder in certificates acme placeholders; do
    if [ -e "$home/secrets/serving/$folder/$1" ]; then return 0; fi
  done
  return 1
}
for directory in "$staged/${SECRETS:0:12}"/certificates/* "$staged/${SECRETS:0:12}"/placeholders/*; do
  [ -d "$directory" ] || continue
  name=$(basename "$directory")
  if served "$name"; then continue; fi
  ln --symbolic --force --no-dereference "$directory" "$home/certificates/$name.new"
  mv --no-target-directory "$home/certificates/$name.new" "$home/certificates/$name"
done
say "certificates and passwords are here"
