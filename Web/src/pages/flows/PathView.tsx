import { h, view } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { duration } from '../../core/time';
import type { PathPreview, PathSeat } from '../../api/types';
import { RelativeTime, Tag } from '../../ui/bits';
import { Icon } from '../../ui/Icon';
import { becauseWords, riskName, seatWords } from './flows';

const tones = { low: 'good', medium: 'wait', high: 'bad' } as const;

/** The path that a request would take: why this flow, how risky, and who decides until when. */
export const PathView = view<{ path: PathPreview }>((props) => {
  const { path } = props;
  const seats = (list: PathSeat[]) => list.map((seat) => <li key={seat.user.id}>{seat.user.name} <span class="faint">{seatWords(seat)}</span></li>);
  return (
    <div class="stack" role="status">
      <p><b>{path.flowName}</b></p>
      <span class="chips">{path.because.map((part) => <Tag key={part}>{becauseWords(part)}</Tag>)}</span>
      <span class="chips">
        <Tag tone={tones[path.risk as keyof typeof tones] ?? 'wait'}>{t('flow.when.risk', { risk: riskName(path.risk) })}</Tag>
        {path.riskReasons.map((reason) => <Tag key={reason.code}>{t('flow.risk.reason', { reason: tKnown(`flow.risk.${reason.code}`, reason.code), points: reason.points })}</Tag>)}
      </span>
      {path.approvesItself && <p>{t('flow.approves-itself')}</p>}
      {path.parallel && path.levels.length > 1 && <p>{t('flow.parallel')}</p>}
      <ol class="path-levels">
        {path.levels.map((level, index) => (
          <li key={index}>
            <b>{level.name}</b> {level.quorum > 1 && <Tag>{t('flow.quorum.of', { count: level.quorum, total: level.seats.length })}</Tag>} {level.needsPasskey && <Tag><Icon name="key" size={13} /> {t('flow.passkey.short')}</Tag>}
            <ul>{seats(level.seats)}</ul>
            <small class="faint">{t('flow.until', { time: duration(level.deadlineSeconds) })} <RelativeTime time={level.latest} /></small>
            {level.escalatesAfterSeconds !== null && [<p><small>{t('flow.escalates', { time: duration(level.escalatesAfterSeconds) })}</small></p>, <ul>{seats(level.escalation)}</ul>]}
          </li>
        ))}
      </ol>
      {path.copies.length > 0 && <p>{t('flow.copied', { names: path.copies.map((one) => one.name).join(', ') })}</p>}
    </div>
  );
});
