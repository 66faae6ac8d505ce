/** A package of version 1 on a node, and version 2 in a place that apt knows. */
export const newPackage = `set -e
mkdir -p /opt/repo && cd /opt/repo
for version in 1 2; do
  mkdir -p build/DEBIAN
  printf 'Package: nginx-ha-example\\nVersion: %s\\nArchitecture: all\\nMaintainer: nobody <nobody@example.net>\\nDescription: an example\\n' $version >build/DEBIAN/control
  dpkg-deb --build build example-$version.deb >/dev/null
done
dpkg --install example-1.deb >/dev/null
{ cat build/DEBIAN/control; echo Filename: ./example-2.deb; echo Size: $(stat -c %s example-2.deb)
  echo SHA256: $(sha256sum example-2.deb | cut -d' ' -f1); } >Packages
echo 'deb [trusted=yes] file:/opt/repo ./' >/etc/apt/sources.list.d/example.list`;

/** Neither of it. */
export const noPackage =
  "dpkg --purge nginx-ha-example >/dev/null; rm -rf /opt/repo /etc/apt/sources.list.d/example.list";
