/** A named set; an empty one is declared all the same, so that rules may refer to it. */
export function set(name: string, type: string, elements: readonly string[], flags = ""): string {
  return block(`set ${name}`, [`type ${type}`, ...(flags ? [`flags ${flags}`] : []), ...list(elements)]);
}

/** A named map. */
export function map(name: string, type: string, elements: readonly string[]): string {
  return block(`map ${name}`, [`type ${type}`, ...list(elements)]);
}

/** A chain that others jump to. */
export function chain(name: string, rules: readonly string[]): string {
  return block(`chain ${name}`, rules);
}

/** A chain that the kernel calls. It accepts what no rule drops. */
export function baseChain(
  name: string,
  type: string,
  hook: string,
  priority: string,
  rules: readonly string[],
): string {
  return chain(name, [`type ${type} hook ${hook} priority ${priority}; policy accept;`, ...rules]);
}

/**
 * Rules that reject at once. A reset for TCP: here an ICMP error comes back before connect() has let go of its
 * socket, which then only takes note of it and tries again a second later.
 */
export function reject(match: string): string[] {
  return [
    `${match} meta l4proto tcp reject with tcp reset`,
    `${match} reject with icmp type host-unreachable`,
  ].map((rule) => rule.trimStart());
}

function block(head: string, lines: readonly string[]): string {
  return [`  ${head} {`, ...lines.map((line) => `    ${line}`), "  }"].join("\n");
}

function list(elements: readonly string[]): string[] {
  return elements.length === 0 ? [] : [`elements = { ${elements.join(", ")} }`];
}
