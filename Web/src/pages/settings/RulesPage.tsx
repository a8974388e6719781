import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { RuleListPage } from '../../rules/RuleList';

/** A company's own rules, asked before the provider's. */
export const RulesPage = component(() => () => <RuleListPage mayChange={may('endpoints.manage')} ofCompany lead={t('rules.lead.company')} />);
