import { findEngine } from "../../../tools/engine";

/** A run of its own for the tests of the lock: `find.ts CACHE INSTALLER` prints what is reported, then the bin. */
const [cache, installer] = process.argv.slice(2);
findEngine(console.log, { cache, installer }).then(({ bin }) => console.log(bin));
