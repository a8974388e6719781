import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import type { PermissionArea, PermissionEntry, RoleScope } from '../../api/types';
import { Tag } from '../../ui/bits';
import { Checkbox, TextInput } from '../../ui/inputs';
import { areaName, fits, found, permissionName, toggled } from './permissions';

/** What a permission opens, for whoever wants to know exactly. */
export const Opens = component<{ permission: PermissionEntry }>((props) => () => (
  <details class="opens">
    <summary>{t('role.opens', { count: props.permission.opens.length })}</summary>
    <ul>{props.permission.opens.map((door) => <li><code>{door.method} {door.path}</code> {door.summary}</li>)}</ul>
  </details>
));

/** All permissions as a tree with a search. What one has not oneself, or what the scope cannot have, cannot be chosen. */
export const PermissionFields = component<{ areas: PermissionArea[]; value: string[]; scope: RoleScope; onChange: (codes: string[]) => void }>((props) => {
  const words = ref('');
  const isOpen = (one: PermissionEntry) => fits(one, props.scope) && may(one.code);
  const why = (one: PermissionEntry) => (!fits(one, props.scope) ? t('role.permission.whole') : !may(one.code) ? t('role.permission.not-held') : undefined);
  const section = (area: PermissionArea) => {
    const open = area.permissions.filter(isOpen).map((one) => one.code);
    const on = area.permissions.filter((one) => props.value.includes(one.code)).length;
    return (
      <section class="fieldset permissions" key={area.area} aria-label={areaName(area.area)}>
        <header>
          <label class="checkbox">
            <input
              type="checkbox" name={`area-${area.area}`} checked={on > 0 && on === area.permissions.length} indeterminate={on > 0 && on < area.permissions.length} disabled={!open.length}
              onChange={(event: Event) => props.onChange(toggled(props.value, open, (event.target as HTMLInputElement).checked))}
            />
            <b>{areaName(area.area)}</b>
          </label>
          <span class="faint">{t('role.area.count', { on, all: area.permissions.length })}</span>
        </header>
        {area.permissions.map((one) => (
          <div key={one.code} class="permission">
            <Checkbox
              name={one.code} label={permissionName(one.code)} checked={props.value.includes(one.code)} disabled={!isOpen(one)} help={why(one) ?? one.code}
              onChange={(checked) => props.onChange(toggled(props.value, [one.code], checked))}
            />
            <Opens permission={one} />
          </div>
        ))}
      </section>
    );
  };
  return () => {
    const shown = found(props.areas, words.value);
    return (
      <div role="group" aria-label={t('role.permissions')}>
        <h3>{t('role.permissions')} <Tag>{String(props.value.length)}</Tag></h3>
        <TextInput name="permission-search" label={t('role.permissions.search')} value={words.value} onInput={(value) => { words.value = value; }} />
        {shown.length ? shown.map(section) : <p class="form-note" role="status">{t('role.permissions.none')}</p>}
      </div>
    );
  };
});
