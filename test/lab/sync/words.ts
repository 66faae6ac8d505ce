import { pair, peerOf } from "../pair/subject";
import { wordsOf } from "./words-of";

/** Of the pair of hosts. */
export const {
  syncOf,
  alarmsOf,
  generationOf,
  write,
  publish,
  answerOf,
  untilSame,
  standingAt,
  untilStanding,
} = wordsOf(pair);

/** Who has the VIP, and who has not. */
export const ready = async () => {
  const holder = await pair.holder();
  return { holder, standby: peerOf(holder) };
};
