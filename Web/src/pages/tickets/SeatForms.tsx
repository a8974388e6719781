import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may, me } from '../../core/session';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Ticket, User } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { seatReason } from './ApprovalPath';
import { ticketChanges } from './changes';
import { levelName } from './levels';

type Body = { user: string } | { login: string };

/** Somebody else of the company: found in the list by those who may read it, named by login by the others. */
const colleague = (people: Picked[], login: string): Body => (people[0] ? { user: people[0].id } : { login: login.trim() });

const person = (form: Form<{ people: Picked[]; login: string }>, error: (name: string) => string | undefined, label: string) => (may('users.read')
  ? <Picker one name="person" label={label} value={form.values.people} onChange={form.set('people')} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} error={error('to/user') ?? error('people/0/user')} autofocus />
  : <TextInput name="login" label={t('colleague.login')} value={form.values.login} onInput={form.set('login')} error={error('to/login') ?? error('people/0/login')} autofocus />);

/** Gives a seat to somebody else: one's own, or anybody's for who looks after flows. */
export const HandOver = component<{ ticket: Ticket; onClose: () => void }>((props) => {
  const own = me.value?.user.id;
  const seats = props.ticket.path.filter((stage) => !stage.passedAt).flatMap((stage) => stage.seats.filter((seat) => !seat.isEscalation && (seat.user.id === own || may('flows.manage'))).map((seat) => ({ stage, seat })));
  const form = new Form({ people: [] as Picked[], login: '' });
  const place = new Form({ seat: '0' });
  const save = async () => {
    const chosen = seats[Number(place.values.seat)];
    if (!chosen) return;
    await api.post(at`/tickets/${props.ticket.id}/reassign`, { level: chosen.stage.level, from: chosen.seat.user.id, to: colleague(form.values.people, form.values.login) });
    invalidate(...ticketChanges);
    toast(t('ticket.handed-over'));
  };
  return () => (
    <FormDrawer
      title={t('ticket.hand-over')} saveText={t('ticket.hand-over.action')} save={save} onClose={props.onClose} changed={form.isChanged} known={['to/user', 'to/login']} note={t('ticket.hand-over.note')}
      fields={(state) => [
        <Select name="seat" label={t('ticket.seat')} value={place.values.seat} onChange={place.set('seat')} choices={seats.map(({ stage, seat }, index) => ({ value: String(index), text: `${levelName(props.ticket, stage)}: ${seat.user.name} (${seatReason(seat)})` }))} />,
        person(form, state.error, t('ticket.successor')),
      ]}
    />
  );
});

/** Has somebody else see the request, who does not decide it. */
export const TellMore = component<{ ticket: Ticket; onClose: () => void }>((props) => {
  const form = new Form({ people: [] as Picked[], login: '' });
  const save = async () => {
    await api.post(at`/tickets/${props.ticket.id}/copies`, { people: [colleague(form.values.people, form.values.login)] });
    invalidate(...ticketChanges);
    toast(t('ticket.copied'));
  };
  return () => <FormDrawer title={t('ticket.copy')} saveText={t('ticket.copy.action')} save={save} onClose={props.onClose} changed={form.isChanged} known={['people/0/user', 'people/0/login']} note={t('ticket.copy.note')} fields={(state) => [person(form, state.error, t('ticket.copy.who'))]} />;
});
