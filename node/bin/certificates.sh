#!/bin/sh
# Prints each certificate that nginx serves, a line each: name, days that are left, notAfter. Of one that came by ACME the
# days are DAYS/SOON: its renewal is late when fewer than SOON are left, a quarter of its life and at most 21. One that
# stands in until one comes by ACME has "placeholder" instead.
# Environment: none. Exit: 0; a certificate that cannot be read has -1 days.
set -u
export LC_ALL=C
cd /etc/nginx-ha/serving 2>/dev/null || exit 0
now=$(date +%s)
cat nginx.conf sites/*.conf 2>/dev/null | sed 's/#.*//' | tr ';{}' '\n\n\n' | sed -n 's/^[[:space:]]*ssl_certificate[[:space:]]\{1,\}"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' | sort -u | while read -r file; do
  name=$file
  case "$file" in /etc/nginx-ha/certificates/* | /etc/nginx-ha/secrets/serving/private/*) name=$(basename "$(dirname "$file")") ;; esac
  # notBefore=START, then notAfter=END.
  dates=$(openssl x509 -in "$file" -noout -startdate -enddate 2>/dev/null)
  end=${dates#*notAfter=}
  if [ -z "$end" ]; then
    echo "$name -1 unreadable"
    continue
  fi
  ends=$(date -d "$end" +%s)
  days=$(((ends - now) / 86400))
  case "$(readlink "$(dirname "$file")")" in
    */secrets/serving/placeholders/* | */secrets/content/*/placeholders/*) days=placeholder ;;
    */secrets/serving/acme/*)
      start=${dates#notBefore=}
      soon=$(((ends - $(date -d "${start%notAfter=*}" +%s)) / 4 / 86400))
      [ "$soon" -le 21 ] || soon=21
      days=$days/$soon
      ;;
  esac
  echo "$name $days $end"
done
