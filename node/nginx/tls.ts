import { servesTls } from "../../config/nginx/ports";
import type { ServedNginx } from "../settings";
import type { Lines } from "./text";

/** Where nginx reads certificates: links into what the stream of secrets serves. */
const certificatesDirectory = "/etc/nginx-ha/certificates";

/** Mozilla's guideline 6.0 (https://wiki.mozilla.org/Security/Server_Side_TLS). */
const protocols = { intermediate: "TLSv1.2 TLSv1.3", modern: "TLSv1.3" };
const ciphers = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
];

/** TLS for all sites; the server that a connection begins with may not be the one whose name it asks for. */
export function tlsDefaults(nginx: ServedNginx): Lines {
  if (!servesTls(nginx)) return [];
  const { profile } = nginx.tls;
  return [
    `ssl_protocols ${protocols[profile]};`,
    ...(profile === "intermediate" ? [`ssl_ciphers ${ciphers.join(":")};`] : []),
    "ssl_prefer_server_ciphers off;",
    "ssl_session_cache shared:nginx_ha_tls:10m;",
    "ssl_session_timeout 1d;",
    // Which groups the node's OpenSSL has (X25519MLKEM768 from 3.5).
    "include /etc/nginx-ha/tls/*.conf;",
    // The ticket keys of both nodes. A pattern: a node that was never MASTER and has not heard of one has none yet.
    "include /etc/nginx-ha/tickets*.conf;",
    // Likewise: a node tells clients of the other one's connections that these are gone.
    ...(nginx.tls.http3 ? ["include /etc/nginx-ha/quic*.conf;"] : []),
    "",
  ];
}

/** A site's certificate and key. */
export function certificateFiles(name: string, { certificates }: ServedNginx): Lines {
  const found = certificates.find((one) => one.name === name);
  const own = found?.from === "files";
  return [
    `ssl_certificate ${(own && found.certificate) || `${certificatesDirectory}/${name}/fullchain.pem`};`,
    `ssl_certificate_key ${(own && found.key) || `${certificatesDirectory}/${name}/privkey.pem`};`,
  ];
}
