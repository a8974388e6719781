import type { NoticeWish, TypeSubscription } from '../../api/types';

/** Which ways are on, type by type; those that cannot be switched off are not among them. */
export type Choices = Record<string, string[]>;

export const chosen = (types: TypeSubscription[]): Choices =>
  Object.fromEntries(types.map(({ type, channels }) => [type, channels.filter((one) => one.isWanted && !one.isFixed).map((one) => one.channel)]));

/** What differs from what holds for those who say nothing; all of it where that is what is set. */
export function wishes(types: TypeSubscription[], choices: Choices, all = false): NoticeWish[] {
  return types.flatMap(({ type, channels }) => channels.flatMap(({ channel, isStandard, isFixed }) => {
    const isWanted = choices[type]?.includes(channel) ?? false;
    return isFixed || (!all && isWanted === isStandard) ? [] : [{ type, channel, isWanted }];
  }));
}
