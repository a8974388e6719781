import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Plan } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { meterName, quotaName } from '../../pages/settings/usage';
import { isBytes, limitKinds, limitsOf, limitTexts, meters, priceTexts, pricesOf, type PriceTexts } from './prices';

/** Limits, prices and terms of a plan. */
export const PlanForm = component<{ plan: Plan | null; onClose: () => void }>((props) => {
  const { plan } = props;
  const form = new Form({
    code: plan?.code ?? '', name: plan?.name ?? '', description: plan?.description ?? '', currency: plan?.currency ?? 'EUR', contact: plan?.contact ?? '',
    softPercent: String(plan?.softPercent ?? 80), limits: limitTexts(plan?.limits ?? []), prices: priceTexts(plan?.prices ?? []), isDefault: plan?.isDefault ?? false, retired: plan?.state === 'retired',
  });
  const { values } = form;
  const save = async () => {
    const common = {
      name: values.name.trim(), description: values.description.trim(), contact: values.contact.trim(), softPercent: Number(values.softPercent), limits: limitsOf(values.limits), prices: pricesOf(values.prices),
    };
    const first = plan ?? await api.post<Plan>('/plans', { ...common, code: values.code.trim(), currency: values.currency.trim() });
    const rest = { ...(plan ? common : {}), ...(plan ? { state: values.retired ? 'retired' : 'offered' } : {}), ...(values.isDefault && !first.isDefault ? { isDefault: true } : {}) };
    if (Object.keys(rest).length) await api.patch(at`/plans/${first.id}`, rest, first.version);
    invalidate('/plans');
    toast(t('saved', { name: common.name }));
  };
  const change = (index: number, patch: Partial<PriceTexts>) => { values.prices = values.prices.map((price, place) => (place === index ? { ...price, ...patch } : price)); };
  const add = () => {
    const item = ['subscription', ...meters].find((one) => !values.prices.some((price) => price.item === one));
    if (item) values.prices = [...values.prices, { item, amount: '0', per: '1', included: '0' }];
  };
  const price = (one: PriceTexts, index: number, state: FormState) => (
    <section class="fieldset" key={index} aria-label={t('plan.price', { number: index + 1 })}>
      <header>
        <h3>{t('plan.price', { number: index + 1 })}</h3>
        <IconButton danger icon="trash" label={t('plan.price.remove', { number: index + 1 })} onClick={() => { values.prices = values.prices.filter((_, place) => place !== index); }} />
      </header>
      <Select name={`item-${index}`} label={t('plan.price.item')} value={one.item} onChange={(item) => change(index, { item })} error={state.error(`prices/${index}/item`)} choices={[{ value: 'subscription', text: t('plan.subscription') }, ...meters.map((meter) => ({ value: meter, text: meterName(meter) }))]} />
      <div class="fields-2">
        <TextInput name={`amount-${index}`} type="number" min={0} label={t('plan.price.amount')} value={one.amount} onInput={(amount) => change(index, { amount })} error={state.error(`prices/${index}/amount`)} help={t('plan.price.amount.help')} />
        {one.item !== 'subscription' && <TextInput name={`per-${index}`} type="number" min={1} label={t('plan.price.per')} value={one.per} onInput={(per) => change(index, { per })} error={state.error(`prices/${index}/per`)} help={t('plan.price.per.help')} />}
        {one.item !== 'subscription' && <TextInput name={`included-${index}`} type="number" min={0} label={t('plan.price.included')} value={one.included} onInput={(included) => change(index, { included })} error={state.error(`prices/${index}/included`)} />}
      </div>
    </section>
  );
  return () => (
    <FormDrawer
      wide title={plan ? t('plan.edit', { name: plan.name }) : t('plan.new')} save={save} onClose={props.onClose} changed={form.isChanged} note={plan ? t('plan.note') : undefined}
      known={['code', 'name', 'currency', 'contact', 'softPercent', ...values.prices.flatMap((_, index) => ['item', 'amount', 'per', 'included'].map((name) => `prices/${index}/${name}`))]}
      fields={(state) => [
        <TextInput name="plan-name" label={t('name')} value={values.name} onInput={form.set('name')} error={state.error('name')} autofocus />,
        !plan && <div class="fields-2">
          <TextInput name="plan-code" label={t('plan.code')} value={values.code} onInput={form.set('code')} error={state.error('code')} monospace help={t('plan.code.help')} />
          <TextInput name="plan-currency" label={t('plan.currency')} value={values.currency} onInput={form.set('currency')} error={state.error('currency')} monospace maxlength={3} help={t('plan.currency.help')} />
        </div>,
        <TextInput name="plan-contact" label={t('plan.contact')} optional value={values.contact} onInput={form.set('contact')} error={state.error('contact')} help={t('plan.contact.help')} />,
        <Checkbox name="plan-default" label={t('plan.default.label')} checked={values.isDefault} onChange={form.set('isDefault')} disabled={plan?.isDefault} />,
        plan && <Checkbox name="plan-retired" label={t('plan.retired.label')} checked={values.retired} onChange={form.set('retired')} help={t('plan.retired.help')} disabled={plan.isDefault} />,
        <h3>{t('plan.limits')}</h3>,
        <div class="fields-2">
          {limitKinds.map((kind) => <TextInput key={kind} name={`limit-${kind}`} type="number" min={0} label={quotaName(kind)} help={isBytes(kind) ? t('plan.bytes') : undefined} value={values.limits[kind] ?? ''} placeholder={t('usage.no-limit')} onInput={(text) => { values.limits = { ...values.limits, [kind]: text }; }} />)}
          <TextInput name="plan-soft" type="number" min={1} max={100} label={t('plan.soft')} value={values.softPercent} onInput={form.set('softPercent')} error={state.error('softPercent')} help={t('plan.soft.help')} />
        </div>,
        <h3>{t('plan.prices')}</h3>,
        values.prices.map((one, index) => price(one, index, state)),
        values.prices.length <= meters.length && <Button icon="plus" onClick={add}>{t('plan.price.add')}</Button>,
      ]}
    />
  );
});
