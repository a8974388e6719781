import { component, h } from '../core/jsx';
import { Form } from '../core/form';
import { t } from '../core/i18n';
import { labelText, readLabel } from '../core/labels';
import { toast } from '../core/toasts';
import type { EndpointRule, Node } from '../api/types';
import { nodePath } from '../pages/assets/nodes';
import { FormDrawer } from '../ui/FormDrawer';
import { Select, TextInput } from '../ui/inputs';
import { Tokens } from '../ui/Tokens';
import { replaceRules } from './rules';

interface RuleFormProps {
  rules: EndpointRule[];
  /** Which of them is edited; behind the last one for a new rule. */
  index: number;
  /** The company's folders, or null where rules are nobody's in particular. */
  nodes: Node[] | null;
  onClose: () => void;
}

/** A rule: what must hold, and where it leads. */
export const RuleForm = component<RuleFormProps>((props) => {
  const { rules, index } = props;
  const rule = rules[index];
  const form = new Form({
    name: rule?.name ?? '', clientNetworks: rule?.clientNetworks ?? [], assetNetworks: rule?.assetNetworks ?? [], node: rule?.node ?? '', label: rule?.label ? labelText(rule.label) : '',
    pools: rule?.pools ?? [], region: rule?.region ?? '',
  });
  const { values } = form;
  const save = async () => {
    const label = values.label.trim();
    const next: EndpointRule = {
      name: values.name.trim(), clientNetworks: values.clientNetworks, assetNetworks: values.assetNetworks, node: values.node || null, label: label ? readLabel(label) : null, pools: values.pools,
      region: values.region.trim() || null,
    };
    await replaceRules(rules, [...rules.slice(0, index), next, ...rules.slice(index + 1)]);
    toast(t('saved', { name: next.name }));
  };
  const names = ['name', 'clientNetworks', 'assetNetworks', 'node', 'label', 'pools', 'region'];
  return () => (
    <FormDrawer
      title={rule ? t('rule.edit', { name: rule.name }) : t('rule.new')} save={save} onClose={props.onClose} changed={form.isChanged} disabled={!!rule && !form.isChanged} known={names.map((name) => `rules/${index}/${name}`)}
      fields={(state) => {
        const error = (name: string) => state.error(`rules/${index}/${name}`);
        const mark = (name: keyof typeof values) => !!rule && form.changed(name);
        return [
          <TextInput name="rule-name" label={t('name')} value={values.name} onInput={form.set('name')} error={error('name')} changed={mark('name')} maxlength={100} autofocus />,
          <h3>{t('rule.when')}</h3>,
          <Tokens name="client-networks" label={t('rule.client-networks')} value={values.clientNetworks} onChange={form.set('clientNetworks')} error={error('clientNetworks')} changed={mark('clientNetworks')} help={t('rule.client-networks.help')} placeholder="10.0.0.0/8" />,
          <Tokens name="asset-networks" label={t('rule.asset-networks')} value={values.assetNetworks} onChange={form.set('assetNetworks')} error={error('assetNetworks')} changed={mark('assetNetworks')} help={t('rule.asset-networks.help')} placeholder="192.168.0.0/16" />,
          props.nodes && <Select name="rule-node" label={t('rule.node')} optional value={values.node} onChange={form.set('node')} error={error('node')} changed={mark('node')} placeholder={t('rule.any-node')} choices={props.nodes.map((node) => ({ value: node.id, text: nodePath(node, props.nodes ?? []) }))} />,
          props.nodes && <TextInput name="rule-label" label={t('rule.label')} optional value={values.label} onInput={form.set('label')} error={error('label')} changed={mark('label')} placeholder="site=north" monospace help={t('rule.label.help')} />,
          <h3>{t('rule.leads')}</h3>,
          <Tokens name="rule-pools" label={t('rule.pools')} value={values.pools} onChange={form.set('pools')} error={error('pools')} changed={mark('pools')} help={t('rule.pools.help')} />,
          <TextInput name="rule-region" label={t('rule.region')} optional value={values.region} onInput={form.set('region')} error={error('region')} changed={mark('region')} monospace help={t('rule.region.help')} />,
        ];
      }}
    />
  );
});
