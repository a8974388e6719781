import { tKnown, tSaid } from '../../core/i18n';
import { absolute } from '../../core/time';
import type { DecisionReason } from '../../api/types';

/** One link of why somebody may or may not, in the reader's words. */
export function reasonText(reason: DecisionReason): string {
  const { facts } = reason;
  const since = reason.code === 'grant-ended' && facts.at ? '.at' : '';
  return tKnown(`access-reason.${reason.code}${since}`, tSaid(reason.text), {
    grant: facts.grantName ?? '', asset: facts.asset, account: facts.account, time: facts.at ? absolute(facts.at) : '',
    protocol: tKnown(`protocol.${facts.protocol}`, facts.protocol), action: tKnown(`action.${facts.action}`, facts.action),
  });
}
