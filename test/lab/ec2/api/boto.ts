import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Credentials as a client has them. */
export interface Who {
  key: string;
  secret: string;
  token?: string;
}

/** What boto3 made of one call. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: whatever boto3 parsed
  answer?: any;
  code?: string;
  message?: string;
  status?: number;
  violations: string[];
  unknown?: string[];
}

const ANSWER_MS = 30_000;

/** boto3 in a process of its own, one call after the other. */
export class Boto {
  private readonly waiting: {
    resolve(answer: Answer): void;
    reject(error: Error): void;
    timer: NodeJS.Timeout;
  }[] = [];
  private readonly process: ChildProcess;
  private stderr = "";

  constructor(python: string, endpoint: string, region: string, bundle: string) {
    this.process = spawn(python, [join(__dirname, "botocore-driver.py"), endpoint, region, bundle]);
    this.process.stderr?.on("data", (text) => {
      this.stderr += text;
    });
    if (!this.process.stdout) throw new Error("the driver has no output");
    createInterface(this.process.stdout).on("line", (line) => {
      const next = this.waiting.shift();
      clearTimeout(next?.timer);
      next?.resolve(JSON.parse(line));
    });
    this.process.on("exit", () => {
      for (const { reject, timer } of this.waiting.splice(0)) {
        clearTimeout(timer);
        reject(new Error(`the driver ended: ${this.stderr}`));
      }
    });
  }

  ask(request: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const what = JSON.stringify(request).slice(0, 200);
      const late = () =>
        reject(new Error(`waited ${ANSWER_MS / 1000} s for boto3 to answer ${what}: ${this.stderr}`));
      this.waiting.push({ resolve, reject, timer: setTimeout(late, ANSWER_MS) });
      this.process.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }

  close(): void {
    this.process.stdin?.end();
  }
}
