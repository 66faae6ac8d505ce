import { Agent, get } from "node:http";
import { conversation } from "./conversation";
import { address, type Became, host } from "./kind";

const CONNECTIONS = 4;

/**
 * Connections by HTTP/1.1 that ask for something all the time: nginx may end each of them by an answer that says so, and
 * never while a request is under way; then the client comes back by another one. Node asks for nothing twice.
 */
export async function busy() {
  const all = await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return {
    async end(): Promise<Became> {
      const became = await Promise.all(all.map(({ end }) => end()));
      const error = became.find((each) => each.error)?.error;
      return {
        answers: became.reduce((sum, { answers }) => sum + answers, 0),
        longestMs: Math.max(...became.map(({ longestMs }) => longestMs)),
        ...(error !== undefined && { error }),
        cameBack: became.every(({ cameBack }) => cameBack),
      };
    },
  };
}

async function one() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let told = 0;
  const ask = (): Promise<void> =>
    new Promise((done, failed) => {
      const request = get({ agent, host: address, path: "/long/", headers: { host } }, (answer) => {
        if (/\bclose\b/.test(answer.headers.connection ?? "")) told++;
        answer.on("error", failed).on("end", done).resume();
      });
      request.on("error", failed);
    });
  await ask();
  const talk = conversation(async (text) => {
    await ask();
    return text;
  }, 50);
  return {
    async end(): Promise<Became> {
      const became = await talk.end();
      agent.destroy();
      return { ...became, cameBack: told > 0 };
    },
  };
}
