import { request } from "node:http";

const LIMIT_MS = 1000;
const TOKEN_SECONDS = 21_600;

/** Where the metadata service is; another one in tests. */
export interface ImdsPlace {
  host: string;
  port: number;
}

const IMDS: ImdsPlace = { host: "169.254.169.254", port: 80 };

/** The instance's metadata, by version 2 of the service: with a token, which is asked for anew when it is refused. */
export function imds(place: ImdsPlace = IMDS): (path: string) => Promise<string> {
  let token: string | undefined;
  const newToken = async (): Promise<string> => {
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": `${TOKEN_SECONDS}` };
    const { status, body } = await ask(place, "PUT", "/latest/api/token", headers);
    if (status !== 200) throw new Error(`the metadata service gives no token: HTTP ${status}`);
    return body;
  };
  return async (path) => {
    for (let attempt = 1; ; attempt++) {
      token ??= await newToken();
      const { status, body } = await ask(place, "GET", `/latest/${path}`, {
        "x-aws-ec2-metadata-token": token,
      });
      if (status === 200) return body;
      token = undefined;
      if (status !== 401 || attempt === 2)
        throw new Error(`the metadata service has no ${path}: HTTP ${status}`);
    }
  };
}

function ask(
  { host, port }: ImdsPlace,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, method, path, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    const late = setTimeout(
      () => asked.destroy(new Error(`the metadata service did not answer in ${LIMIT_MS} ms`)),
      LIMIT_MS,
    );
    asked.on("close", () => clearTimeout(late));
    asked.on("error", reject);
    asked.end();
  });
}
