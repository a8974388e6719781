import { h, view } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import type { TypeSubscription } from '../../api/types';
import { Choices } from '../../ui/inputs';
import type { Choices as Chosen } from './wishes';

export const typeName = (type: string): string => tKnown(`notice.${type}`, type);
export const wayName = (channel: string): string => tKnown(`notice-way.${channel}`, channel);

/** A company's only chat has a name; of several it is the one where somebody is found first. */
const wayOf = (channel: string, chats: string[]): string =>
  (channel !== 'messenger' || chats.length === 0 ? wayName(channel) : chats.length === 1 ? wayName(chats[0]!) : t('notice-way.first-chat'));

/** By which ways somebody is told of what. */
export const WishFields = view<{ types: TypeSubscription[]; chats: string[]; choices: Chosen; onChange: (type: string, ways: string[]) => void; error?: string }>((props) => (
  <div>
    {props.error && <p class="error-text" role="alert">{props.error}</p>}
    {props.types.map(({ type, channels }) => {
      const free = channels.filter((one) => !one.isFixed);
      return (
        <div key={type} class="wish">
          <Choices
            many name={`wish-${type}`} label={typeName(type)} value={props.choices[type] ?? []} onChange={(ways) => props.onChange(type, ways)}
            help={free.length < channels.length ? t('notices.fixed') : undefined} choices={free.map((one) => ({ value: one.channel, text: wayOf(one.channel, props.chats) }))}
          />
        </div>
      );
    })}
  </div>
));
