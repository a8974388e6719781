import { h, view } from '../../core/jsx';
import { listed, t, tKnown } from '../../core/i18n';
import { duration } from '../../core/time';
import type { CommentNeed, Decision, PathPreview as Preview, Ticket, TicketStage } from '../../api/types';
import { RelativeTime, Tag } from '../../ui/bits';
import { Icon } from '../../ui/Icon';
import { becauseWords } from '../flows/flows';
import { levelName } from './levels';

/** Which answers a level takes with a comment only. */
export const commentWords = (need: CommentNeed): string => tKnown(`path.comment.${need}`, '');

/** Who decides, level by level, as a flow says it. */
export const PathPreview = view<{ levels: { name: string; quorum: number; needsPasskey: boolean; needsComment: CommentNeed; approvers: string[] }[]; parallel: boolean }>((props) => (
  <div class="path">
    {props.levels.map((level, index) => [
      index > 0 && <Icon name={props.parallel ? 'plus' : 'chevron-right'} size={16} />,
      <div class="level" key={index}>
        {level.name}{level.needsPasskey && <Icon name="key" size={13} />}
        <small>{level.quorum > 1 ? t('path.quorum-of', { count: level.quorum, names: listed(level.approvers) }) : t('path.any-of', { names: listed(level.approvers) })}</small>
        {level.needsComment !== 'never' && <small>{commentWords(level.needsComment)}</small>}
      </div>,
    ])}
  </div>
));

/** Why somebody may decide: "group Operations", "owner of db-1". */
export const seatReason = (seat: { reason: string; detail: string }): string => tKnown(`seat.${seat.reason}`, seat.reason, { name: seat.detail });

const riskTones = { low: 'good', medium: 'wait', high: 'bad' } as const;

export const RiskTag = view<{ risk: string }>((props) => (
  <Tag tone={riskTones[props.risk as keyof typeof riskTones] ?? 'mute'}>{tKnown(`risk.${props.risk}`, props.risk)}</Tag>
));

const Seats = view<{ seats: { user: { name: string }; reason: string; detail: string }[] }>((props) => (
  <details class="seats">
    <summary>{t('path.people', { count: props.seats.length })}</summary>
    <ul>{props.seats.map((seat) => <li>{seat.user.name} <span class="faint">{seatReason(seat)}</span></li>)}</ul>
  </details>
));

/** The first few by name, and how many more. */
export const peopleNames = (people: { name: string }[]): string => {
  const first = listed(people.slice(0, 3).map((one) => one.name));
  return people.length > 3 ? t('path.and-more', { names: first, count: people.length - 3 }) : first;
};

const names = (seats: { user: { name: string } }[]): string => peopleNames(seats.map((seat) => seat.user));

const wanted = (quorum: number, seats: { user: { name: string } }[]): string =>
  quorum > 1 ? t('path.quorum-of', { count: quorum, names: names(seats) }) : t('path.any-of', { names: names(seats) });

/** Who will decide, level by level, before a request is sent. */
export const PathShown = view<{ path: Preview }>((props) => {
  const { path } = props;
  return (
    <div class="path-shown">
      <p class="row">
        <RiskTag risk={path.risk} /><span class="faint">{[path.flowName, listed(path.because.map(becauseWords), true)].filter(Boolean).join(' · ')}</span>
      </p>
      {path.riskReasons.length > 0 && <p class="faint">{listed(path.riskReasons.map((reason) => tKnown(`risk-reason.${reason.code}`, reason.code)), true)}</p>}
      {path.approvesItself ? <p>{t('path.itself')}</p> : (
        <div class="path">
          {path.levels.map((level, index) => [
            index > 0 && <Icon name={path.parallel ? 'plus' : 'chevron-right'} size={16} />,
            <div class="level" key={index}>
              {level.name}{level.needsPasskey && <Icon name="key" size={13} />}
              <small>{wanted(level.quorum, level.seats)}</small>
              <small>{t('path.within', { duration: duration(level.deadlineSeconds) })}</small>
              {level.needsComment !== 'never' && <small>{commentWords(level.needsComment)}</small>}
              <Seats seats={level.seats} />
            </div>,
          ])}
        </div>
      )}
      {path.copies.length > 0 && <p class="faint">{t('path.copies', { names: listed(path.copies.map((one) => one.name)) })}</p>}
    </div>
  );
});

const kindOf = (ticket: Ticket, stage: TicketStage, answers: Decision[]): string => {
  if (answers.some((one) => one.outcome === 'rejected')) return 'bad';
  if (stage.passedAt) return 'done';
  return ticket.state === 'open' && stage.openedAt ? 'now' : '';
};

const answered = (one: Decision): string => {
  const text = t(one.outcome === 'approved' ? 'path.approved-by' : 'path.rejected-by', { name: one.user.name });
  return one.onBehalfOf ? `${text} ${t('path.on-behalf-of', { name: one.onBehalfOf.name })}` : text;
};

/** How far a request has come. */
export const ApprovalPath = view<{ ticket: Ticket }>((props) => {
  const { ticket } = props;
  if (!ticket.path.length) return <p class="faint">{t('path.itself')}</p>;
  return (
    <div class="path">
      {ticket.path.map((stage, index) => {
        const answers = ticket.decisions.filter((one) => one.level === stage.level);
        const kind = kindOf(ticket, stage, answers);
        const spent = new Set(answers.flatMap((one) => [one.user.id, one.onBehalfOf?.id ?? one.user.id]));
        const seats = stage.seats.filter((seat) => !seat.isEscalation || stage.escalatedAt);
        const left = seats.filter((seat) => !spent.has(seat.user.id));
        return [
          index > 0 && <Icon name={ticket.isParallel ? 'plus' : 'chevron-right'} size={16} />,
          <div class={['level', kind]} key={stage.level} aria-current={kind === 'now' ? 'step' : undefined}>
            {levelName(ticket, stage)}{stage.needsPasskey && <Icon name="key" size={13} />}
            {answers.map((one) => <small>{answered(one)}{one.hasProof && ` (${t('path.by-passkey')})`}</small>)}
            {kind === 'now' && <small>{t('path.waits-for', { names: names(left) || '–' })}{stage.quorum > 1 && ` ${t('path.quorum', { count: answers.length, quorum: stage.quorum })}`}</small>}
            {kind === '' && <small>{t('path.later')}</small>}
            {answers.flatMap((one) => one.changes).length > 0 && <small class="change">{t('path.narrowed')}</small>}
            {kind === 'now' && stage.deadline && <small>{t('path.until')} <RelativeTime time={stage.deadline} />{stage.lapse === 'rejected' && ` (${t('path.then-rejected')})`}</small>}
            {stage.remindedAt && !stage.passedAt && <small>{t('path.reminded')}</small>}
            {stage.escalatedAt && <small>{t('path.escalated')}</small>}
            {stage.needsComment !== 'never' && !stage.passedAt && ticket.state === 'open' && <small>{commentWords(stage.needsComment)}</small>}
            {seats.length > 0 && <Seats seats={seats} />}
          </div>,
        ];
      })}
    </div>
  );
});
