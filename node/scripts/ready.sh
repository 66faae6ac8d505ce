# Waits until a machine that was just made has done what its user data says. Limit: 5 min.
# Variables: NODE
command -v cloud-init >/dev/null || exit 0
said=$(timeout 300 cloud-init status --wait --long 2>&1) || case $? in
  2) ;; # Done, with warnings.
  124) fail "cloud-init is not done after 5 min: $(echo "$said" | paste -sd' ')" ;;
  *) fail "cloud-init failed; see /var/log/cloud-init-output.log there: $(echo "$said" | paste -sd' ')" ;;
esac
say "is ready"
