/** What a node tells its peer about itself, over nginx: a peer whose nginx hangs tells nothing. */
export interface Word {
  /** Another one each time: what an nginx tells of an agent that is gone does not count. */
  sequence: number;
  vrrp: string;
  /** Whether it would take over, if it had to. */
  eligible: boolean;
  /** Seconds since the VIP left it for its own probe; nothing when it never did. No clocks are compared. */
  faultAge?: number;
}

export const formatWord = ({ sequence, vrrp, eligible, faultAge }: Word): string =>
  `${sequence} ${vrrp} ${eligible ? "eligible" : "-"} ${faultAge ?? "-"}\n`;

/** The word in a text; nothing when it is not one. */
export function parseWord(text: string | undefined): Word | undefined {
  const [, sequence, vrrp, eligible, age] = /^(\d+) (\S+) (eligible|-) (\d+|-)\n$/.exec(text ?? "") ?? [];
  if (sequence === undefined || vrrp === undefined) return undefined;
  return {
    sequence: Number(sequence),
    vrrp,
    eligible: eligible === "eligible",
    ...(age !== "-" && { faultAge: Number(age) }),
  };
}
