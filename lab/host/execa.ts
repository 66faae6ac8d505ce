/** execa is an ES module with import-only dependencies, which tsx's require() of it does not find. */
export const execa = import("execa").then((module) => module.execa);
