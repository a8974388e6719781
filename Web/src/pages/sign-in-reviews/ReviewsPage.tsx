import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { now } from '../../core/time';
import { toast } from '../../core/toasts';
import type { SignInReview } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

const entranceName = (entrance: string): string => tKnown(`sign-in-entrance.${entrance}`, entrance);

type Outcome = 'approved' | 'rejected';

/** Where one stands, for who looks at it now: a question that nobody answered in time is over. */
const standing = (review: SignInReview): string => (review.state === 'waiting' && new Date(review.expiresAt).getTime() <= now.value ? 'expired' : review.state);

function decide(review: SignInReview, outcome: Outcome): Promise<boolean> {
  const { name } = review;
  const yes = outcome === 'approved';
  return confirm({
    title: t(yes ? 'review.agree.title' : 'review.refuse.title', { name }), text: t('review.decide.text', { name, login: review.login, address: review.clientAddress ?? '?', entrance: entranceName(review.entrance) }),
    action: t(yes ? 'review.agree' : 'review.refuse'), danger: !yes, reason: { label: t('review.reason'), optional: true },
    work: async (reason) => {
      try {
        await api.post(at`/sign-in-reviews/${review.id}/decision`, { outcome, reason });
      } finally {
        invalidate('/sign-in-reviews');
      }
      toast(t(yes ? 'review.agreed' : 'review.refused', { name }));
    },
  });
}

/** Sign-ins that wait for this person's word. */
export const ReviewsPage = component(() => {
  const columns: Column<SignInReview>[] = [
    { id: 'name', title: 'name', kind: 'main', cell: (review) => <Person name={review.name} />, text: (review) => review.name },
    { id: 'login', title: 'login', cell: (review) => <code>{review.login}</code>, text: (review) => review.login },
    { id: 'address', title: 'review.address', kind: 'tight', cell: (review) => <code>{review.clientAddress ?? ''}</code>, text: (review) => review.clientAddress ?? '' },
    { id: 'entrance', title: 'review.entrance', kind: 'tight', cell: (review) => entranceName(review.entrance) },
    { id: 'rule', title: 'review.rule', cell: (review) => review.ruleName, text: (review) => review.ruleName },
    { id: 'state', title: 'state', kind: 'tight', cell: (review) => <StateTag state={standing(review)} />, text: standing },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (review) => <RelativeTime time={review.createdAt} />, text: (review) => review.createdAt },
    {
      id: 'word', title: 'review.word', cell: (review) => (standing(review) === 'waiting' ? (
        <span class="row">
          <Button kind="primary" icon="check" onClick={() => void decide(review, 'approved')}>{t('review.agree')}</Button>
          <Button kind="danger" icon="x" onClick={() => void decide(review, 'rejected')}>{t('review.refuse')}</Button>
        </span>
      ) : review.decidedBy ?? ''),
      text: (review) => review.decidedBy ?? '',
    },
  ];
  return () => (
    <Page title={t('page.sign-in-reviews')} lead={t('reviews.lead')}>
      <ResourceTable<SignInReview>
        id="sign-in-reviews" path="/sign-in-reviews" label={t('page.sign-in-reviews')} columns={columns}
        empty={() => <EmptyState icon="shield-check" title={t('reviews.empty')} text={t('reviews.empty.text')} />}
      />
    </Page>
  );
});
