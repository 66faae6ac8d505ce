import { defineConfig } from "vitest/config";

const machines = ["test/lab/{aws,edge,operator,pair,planned-move,sync}/**", "test/lab/**/live.test.ts"];

// Two labs by themselves: one has two Regions, one has clients that keep a core busy beside a Region's nodes.
const alone = ["test/lab/aws/regions.test.ts", "test/lab/planned-move/aws.test.ts"];

// What takes minutes and is ended at each of its steps in test/agent/sync, too; `npm run test:full` has it.
const long = process.env.NGINX_HA_MATRIX === "yes" ? [] : ["test/lab/sync/{whole,aws}.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: machines,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // They measure milliseconds: alone.
        test: {
          name: "live",
          include: ["test/lab/**/live.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          maxWorkers: 1,
          sequence: { concurrent: false, groupOrder: 1 },
        },
      },
      {
        // Two cores have enough to do with the machines of two labs.
        test: {
          name: "lab",
          include: ["test/lab/{aws,edge,operator,pair,planned-move,sync}/**/*.test.ts"],
          exclude: [...alone, ...long],
          // A machine that is busy for a moment fails a test once, a fault of ours twice.
          retry: 1,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          maxWorkers: 2,
          sequence: { concurrent: false, groupOrder: 2 },
        },
      },
      {
        test: {
          name: "alone",
          include: alone,
          retry: 1,
          testTimeout: 900_000,
          hookTimeout: 900_000,
          maxWorkers: 1,
          sequence: { concurrent: false, groupOrder: 3 },
        },
      },
    ],
  },
});
