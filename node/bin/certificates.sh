#!/bin/sh
# Prints each certificate that nginx serves, a line each: name, days that are left, notAfter.
# Environment: none. Exit: 0; a certificate that cannot be read has -1 days.
set -u
export LC_ALL=C
cd /etc/nginx-ha/serving 2>/dev/null || exit 0
now=$(date +%s)
cat nginx.conf sites/*.conf 2>/dev/null | sed -n 's/^ *ssl_certificate \([^;]*\);.*/\1/p' | sort -u | while read -r file; do
  name=$file
  case "$file" in /etc/nginx-ha/certificates/* | /etc/nginx-ha/secrets/serving/private/*) name=$(basename "$(dirname "$file")") ;; esac
  end=$(openssl x509 -in "$file" -noout -enddate 2>/dev/null | sed 's/^notAfter=//')
  if [ -n "$end" ]; then
    echo "$name $((($(date -d "$end" +%s) - now) / 86400)) $end"
  else
    echo "$name -1 unreadable"
  fi
done
