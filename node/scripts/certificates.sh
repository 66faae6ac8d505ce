# Places certificates, keys and passwords, checks them as nginx and clients would, and lets a running nginx read them.
# Nothing is changed when one of them is bad; all are switched to at once.
# Variables: NODE; on stdin a line each, texts in base64: CERTIFICATE NAME CHAIN KEY, FILES NAME CHAIN-PATH KEY-PATH (they
#   are on the node, and only looked at), PASSWORDS NAME LIST, TICKETS DAY SECRET (in hexadecimal)
lock
umask 077
sets=$home/certificate-sets
mkdir -p --mode=0755 "$home" "$sets"
stage=$(mktemp --directory "$sets/.stage-XXXXXX")
trap 'rm -rf "$stage"' EXIT
chmod 0755 "$stage"

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

tickets=
while read -r word name first second; do
  case "$word" in
    CERTIFICATE)
      mkdir --mode=0755 "$stage/$name"
      echo "$first" | base64 --decode >"$stage/$name/fullchain.pem"
      echo "$second" | base64 --decode >"$stage/$name/privkey.pem"
      chmod 0644 "$stage/$name/fullchain.pem"
      check "$name" "$stage/$name/fullchain.pem" "$stage/$name/privkey.pem"
      ;;
    FILES)
      for file in "$first" "$second"; do
        [ -r "$file" ] || refuse "$name" "there is no file $file on this node; put it there, as nginx.certificates says"
      done
      check "$name" "$first" "$second"
      ;;
    PASSWORDS)
      mkdir -p "$stage/.passwords"
      echo "$first" | base64 --decode >"$stage/.passwords/$name"
      ;;
    TICKETS) tickets="$name $first" ;;
    *) fail "cannot read the certificates: a line starts with $word" ;;
  esac
done
# nginx's workers read passwords at each request, and are not root.
if [ -d "$stage/.passwords" ]; then
  chgrp --recursive www-data "$stage/.passwords"
  chmod 0750 "$stage/.passwords"
  find "$stage/.passwords" -type f -exec chmod 0640 {} +
fi
# What the running configuration still names stays until a later one does without.
for name in $(grep --only-matching "$home/certificates/[a-z0-9-]*/fullchain" "$current/nginx/nginx.conf" 2>/dev/null | sed 's#.*/certificates/##; s#/.*##' | sort -u); do
  if [ ! -d "$stage/$name" ] && [ -d "$home/certificates/$name" ]; then cp --archive "$home/certificates/$name" "$stage/$name"; fi
done

# Groups that this OpenSSL has, Mozilla's guideline 6.0 in order.
groups=X25519:prime256v1:secp384r1
if openssl list -kem-algorithms 2>/dev/null | grep X25519MLKEM768 >/dev/null; then groups=X25519MLKEM768:$groups; fi
mkdir -p --mode=0755 "$home/tls"
echo "ssl_ecdh_curve $groups;" >"$home/tls/groups.conf.new"
chmod 0644 "$home/tls/groups.conf.new"
mv "$home/tls/groups.conf.new" "$home/tls/groups.conf"

# A seed is given once: what was made of it since then must not be made again.
given=$(echo "$tickets" | sha256sum)
if [ -n "$tickets" ] && [ "$given" != "$(cat "$home/tls/tickets.given" 2>/dev/null || true)" ]; then
  echo "$tickets" >"$home/tls/tickets.seed"
  echo "$given" >"$home/tls/tickets.given"
  if systemctl --quiet is-active nginx-ha-tickets; then systemctl restart nginx-ha-tickets; fi
fi

point() {
  ln --symbolic --force --no-dereference "$1" "$home/$2.new"
  mv --no-target-directory "$home/$2.new" "$home/$2"
}
set=$(cd "$stage" && find . -type f -exec sha256sum {} + | sort | sha256sum | cut -c 1-12)
old=$(readlink "$home/certificates" | sed 's#.*/##' || true)
if [ ! -d "$sets/$set" ]; then mv --no-target-directory "$stage" "$sets/$set"; fi
point "certificate-sets/$set" certificates
point "certificate-sets/$set/.passwords" passwords
if systemctl --quiet is-active nginx && [ "$set" != "$old" ]; then
  if ! output=$(nginx -t -q 2>&1) || ! output=$(systemctl reload nginx 2>&1); then
    if [ -n "$old" ]; then
      point "certificate-sets/$old" certificates
      point "certificate-sets/$old/.passwords" passwords
    fi
    fail "the certificates are refused, and the ones before are back: nginx says: $output"
  fi
fi
find "$sets" -mindepth 1 -maxdepth 1 ! -name "$set" -exec rm -rf {} +
say "certificates and passwords: set $set"
