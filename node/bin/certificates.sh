#!/bin/sh
# Prints each certificate that nginx serves, a line each: name, days that are left, notAfter.
# Environment: none. Exit: 0; a certificate that cannot be read has -1 days.
set -u
export LC_ALL=C
conf=/etc/nginx-ha/current/nginx/nginx.conf
now=$(date +%s)
sed -n 's/^ *ssl_certificate \(.*\);$/\1/p' "$conf" | sort -u | while read -r file; do
  name=$file
  case "$file" in /etc/nginx-ha/certificates/*) name=$(basename "$(dirname "$file")") ;; esac
  end=$(openssl x509 -in "$file" -noout -enddate 2>/dev/null | sed 's/^notAfter=//')
  if [ -n "$end" ]; then
    echo "$name $((($(date -d "$end" +%s) - now) / 86400)) $end"
  else
    echo "$name -1 unreadable"
  fi
done
